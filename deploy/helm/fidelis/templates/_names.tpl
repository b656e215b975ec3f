{{- define "fidelis.fullname" -}}
{{- if contains .Chart.Name .Release.Name }}{{ .Release.Name | trunc 40 | trimSuffix "-" }}
{{- else }}{{ printf "%s-%s" .Release.Name .Chart.Name | trunc 40 | trimSuffix "-" }}
{{- end }}
{{- end }}

{{- define "fidelis.image" -}}
{{- with .Values.image -}}
{{- if .digest }}{{ .repository }}@{{ .digest }}
{{- else }}{{ .repository }}:{{ .tag | default $.Chart.AppVersion }}
{{- end }}
{{- end }}
{{- end }}

{{- define "fidelis.instance" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "fidelis.labels" -}}
{{ include "fidelis.instance" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version }}
{{- end }}

{{/* The gateway and every service by name, each with all of its values. */}}
{{- define "fidelis.processes" -}}
{{- $processes := dict "gateway" .Values.gateway }}
{{- range $name, $own := .Values.services }}
{{- $_ := set $processes $name (mergeOverwrite (deepCopy $.Values.serviceDefaults) ($own | default dict)) }}
{{- end }}
{{- toYaml $processes }}
{{- end }}
