/* What reads Excel workbooks: a bundle of its own, loaded with the first such file. */
export { readSheet } from 'read-excel-file/universal';
