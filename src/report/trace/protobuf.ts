/** As much of the protobuf wire format as Perfetto's packets need: varints, strings and messages inside messages. */
import { ByteWriter } from '../../trace/bytes.ts';

const VARINT = 0;
const LENGTH = 2;

export class Message {
  readonly out = new ByteWriter();

  /** Empties the message, to write the next one into the same memory. */
  again(): this {
    this.out.clear();
    return this;
  }

  /** Whole numbers from 0 to 2^53. */
  number(field: number, value: number): this {
    this.out.varint(field * 8 + VARINT);
    this.out.varint(value);
    return this;
  }

  text(field: number, value: string): this {
    return this.bytes(field, utf8(value));
  }

  message(field: number, value: Message): this {
    return this.bytes(field, value.out.bytes());
  }

  private bytes(field: number, value: Uint8Array): this {
    this.out.varint(field * 8 + LENGTH);
    this.out.sized(value);
    return this;
  }
}

/** Text without lone surrogates as UTF-8; this room knows no TextEncoder. */
function utf8(text: string): Uint8Array {
  const escaped = encodeURIComponent(text);
  const bytes: number[] = [];
  for (let i = 0; i < escaped.length; i++) {
    if (escaped[i] === '%') {
      bytes.push(Number.parseInt(escaped.slice(i + 1, i + 3), 16));
      i += 2;
    } else bytes.push(escaped.charCodeAt(i));
  }
  return Uint8Array.from(bytes);
}
