/** The memory of all PEs as views of one buffer, and the register file. */
export interface Views {
  readonly f32: Float32Array;
  readonly i32: Int32Array;
  readonly u16: Uint16Array;
  readonly registers: Int32Array;
  readonly floatRegisters: Float32Array;
}
