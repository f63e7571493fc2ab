/** JSON of reports: two-space indent, a final line break, and numbers as they are; what JSON cannot say (NaN, infinities) is a string. */

/** Any report data as JSON text. */
export function toJson(data: object): string {
  const replacer = (_: string, value: unknown): unknown => {
    if (typeof value === 'number' && !Number.isFinite(value)) return String(value);
    return typeof value === 'bigint' ? String(value) : value;
  };
  return `${JSON.stringify(data, replacer, 2)}\n`;
}
