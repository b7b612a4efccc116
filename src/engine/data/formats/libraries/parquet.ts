/* What reads Parquet files: a bundle of its own, loaded with the first such file. */
export { parquetMetadataAsync, parquetRead, parquetSchema } from 'hyparquet';
export { compressors } from 'hyparquet-compressors';
