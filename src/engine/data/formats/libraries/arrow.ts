/* What reads Arrow files: a bundle of its own, loaded with the first such file. */
export { CompressionType, setCompressionCodec, tableFromIPC } from '@uwdata/flechette';
export { decompressZstd } from 'hyparquet-compressors';
