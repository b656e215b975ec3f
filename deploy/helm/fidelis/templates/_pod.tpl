{{- define "fidelis.podSecurity" -}}
runAsNonRoot: true
runAsUser: 1000
runAsGroup: 1000
seccompProfile: { type: RuntimeDefault }
{{- end }}

{{- define "fidelis.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: { drop: [ALL] }
{{- end }}

{{/* Takes a list: the root, then names of the Secret's keys. */}}
{{- define "fidelis.secretEnvironment" -}}
{{- $root := first . }}
{{- range rest . }}
- name: {{ . }}
  valueFrom:
    secretKeyRef: { name: {{ $root.Values.existingSecret }}, key: {{ . }} }
{{- end }}
{{- end }}

{{/* How brokers are reached: of processes and of the Job. */}}
{{- define "fidelis.kafkaEnvironment" -}}
{{- include "fidelis.secretEnvironment" (list . "MESSAGE_BUS_URL") }}
{{- if .Values.kafka.tls }}
- { name: KAFKA_TLS, value: '1' }
{{- if .Values.authoritiesKey }}
- { name: KAFKA_TLS_CA_FILE, value: /etc/fidelis/authorities.pem }
{{- end }}
{{- end }}
{{- with .Values.kafka.saslMechanism }}
- { name: KAFKA_SASL_MECHANISM, value: {{ . }} }
{{- include "fidelis.secretEnvironment" (list $ "KAFKA_SASL_USERNAME" "KAFKA_SASL_PASSWORD") }}
{{- end }}
{{- end }}

{{- define "fidelis.authoritiesMount" -}}
{{- if .Values.authoritiesKey }}
- { name: authorities, mountPath: /etc/fidelis, readOnly: true }
{{- end }}
{{- end }}

{{- define "fidelis.authoritiesVolume" -}}
{{- with .Values.authoritiesKey }}
- name: authorities
  secret:
    secretName: {{ $.Values.existingSecret }}
    items: [{ key: {{ . }}, path: authorities.pem }]
{{- end }}
{{- end }}

{{/* What is the same for the pods of processes and of the Job. */}}
{{- define "fidelis.podPlace" -}}
# Nothing here talks to Kubernetes.
automountServiceAccountToken: false
# Kubernetes would set FIDELIS_PORT to a service's address, and others like it.
enableServiceLinks: false
securityContext: {{- include "fidelis.podSecurity" . | nindent 2 }}
{{- with .Values.pullSecrets }}
imagePullSecrets: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.nodeSelector }}
nodeSelector: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.tolerations }}
tolerations: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- end }}
