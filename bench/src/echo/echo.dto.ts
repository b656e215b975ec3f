import { IsBoolean, IsInt, IsOptional, IsString, Length, Max, Min } from 'class-validator';

/** Seven flat fields. This request never changes: it is the denominator of every ratio. */
export class EchoRequest {
  @IsString()
  @Length(1, 128)
  readonly id!: string;

  @IsString()
  @Length(1, 64)
  readonly source!: string;

  @IsString()
  readonly participant!: string;

  @IsInt()
  @Min(0)
  @Max(Number.MAX_SAFE_INTEGER)
  readonly total!: number;

  @IsString()
  @Length(3, 3)
  readonly currency!: string;

  @IsString()
  readonly occurredAt!: string;

  @IsOptional()
  @IsBoolean()
  readonly simulated?: boolean;
}
