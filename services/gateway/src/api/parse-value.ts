import { AppError } from "@kinora/errors";
import { showValue } from "./show-value.ts";

/** How values arrive: JSON has types, a form has only text. */
export type FieldEncoding = "json" | "form";

/** One field of a request, as sent. */
export interface FieldValue {
  readonly name: string;
  readonly value: unknown;
  readonly encoding: FieldEncoding;
}

/** Allowed values, both ends included. */
export interface NumberRange {
  readonly minimum: number;
  readonly maximum: number;
}

const INTEGER = /^-?(?:0|[1-9]\d*)$/;
const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

/** A string field; throws `invalid_request` for anything else. */
export function parseString({ name, value }: FieldValue): string {
  if (typeof value === "string") return value;
  throw invalid(name, `${name} must be a string; got ${showValue(value)}.`);
}

/** An integer in a range; in forms only its plain decimal spelling. Throws `invalid_request`. */
export function parseInteger(field: FieldValue, range: NumberRange): number {
  const number = field.encoding === "form" ? fromText(field.value, INTEGER) : field.value;
  if (typeof number === "number" && Number.isSafeInteger(number) && isWithin(number, range))
    return number + 0;
  throw outside(field, "an integer", range);
}

/** A finite number in a range; in forms only its JSON spelling. Throws `invalid_request`. */
export function parseNumber(field: FieldValue, range: NumberRange): number {
  const number = field.encoding === "form" ? fromText(field.value, NUMBER) : field.value;
  if (typeof number === "number" && Number.isFinite(number) && isWithin(number, range)) return number + 0;
  throw outside(field, "a number", range);
}

/** A refusal of one field with a whole sentence. */
export function invalid(param: string, reason: string): AppError {
  return new AppError("invalid_request", { reason }, { param });
}

function fromText(value: unknown, pattern: RegExp): number | undefined {
  return typeof value === "string" && value.length <= 40 && pattern.test(value) ? Number(value) : undefined;
}

function isWithin(number: number, { minimum, maximum }: NumberRange): boolean {
  return number >= minimum && number <= maximum;
}

function outside({ name, value }: FieldValue, what: string, { minimum, maximum }: NumberRange): AppError {
  const bounds = minimum === maximum ? `be ${minimum}` : `be ${what} from ${minimum} to ${maximum}`;
  return invalid(name, `${name} must ${bounds}; got ${showValue(value)}.`);
}
