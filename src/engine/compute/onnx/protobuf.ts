/**
 * Writes the protocol buffers wire format: the four kinds of field that ONNX files use.
 * Source: "Encoding", protobuf.dev/programming-guides/encoding. A library would bring reflection and parsing along for
 * these few lines.
 */
export class ProtobufWriter {
  private bytes = new Uint8Array(256);
  private length = 0;

  /** A whole number from −2⁶³ to 2⁶³ − 1 (`int32`, `int64`, enumerations). */
  integer(field: number, value: number | bigint): void {
    this.varint(BigInt(field * 8));
    this.varint(BigInt.asUintN(64, BigInt(value)));
  }

  /** A 32-bit floating-point number. */
  float(field: number, value: number): void {
    this.varint(BigInt(field * 8 + 5));
    this.raw(new Uint8Array(Float32Array.of(value).buffer));
  }

  text(field: number, value: string): void {
    this.block(field, new TextEncoder().encode(value));
  }

  /** Raw bytes. */
  block(field: number, value: Uint8Array): void {
    this.varint(BigInt(field * 8 + 2));
    this.varint(BigInt(value.length));
    this.raw(value);
  }

  /** A message inside this one. */
  message(field: number, write: (writer: ProtobufWriter) => void): void {
    const inner = new ProtobufWriter();
    write(inner);
    this.block(field, inner.finish());
  }

  /** Whole numbers one after the other in one field (`packed`). */
  integers(field: number, values: readonly number[]): void {
    this.message(field, (inner) => values.forEach((value) => inner.varint(BigInt.asUintN(64, BigInt(value)))));
  }

  /** 32-bit floating-point numbers one after the other in one field (`packed`). */
  floats(field: number, values: readonly number[]): void {
    this.block(field, new Uint8Array(Float32Array.from(values).buffer));
  }

  finish(): Uint8Array {
    return this.bytes.slice(0, this.length);
  }

  private varint(value: bigint): void {
    this.reserve(10);
    let rest = value;
    while (rest > 127n) {
      this.bytes[this.length++] = Number(rest & 127n) | 128;
      rest >>= 7n;
    }
    this.bytes[this.length++] = Number(rest);
  }

  private raw(value: Uint8Array): void {
    this.reserve(value.length);
    this.bytes.set(value, this.length);
    this.length += value.length;
  }

  private reserve(extra: number): void {
    if (this.length + extra > this.bytes.length) {
      const larger = new Uint8Array(Math.max(this.length + extra, this.bytes.length * 2));
      larger.set(this.bytes.subarray(0, this.length));
      this.bytes = larger;
    }
  }
}
