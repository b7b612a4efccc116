import { cachePlace } from '../data/cache/cachePlace';
import { cacheSize, clearCache } from '../data/cache/fileCache';
import { print } from './terminal';
import { sizeText } from '../sizeText';

/** `trainyard cache [--clear]` */
export async function cacheCommand(options: { readonly clear?: boolean; readonly json?: boolean }): Promise<void> {
  const place = cachePlace();
  if (place === undefined) {
    print(options.json === true ? JSON.stringify({ folder: null, files: 0, bytes: 0, cleared: false }) : 'The cache is turned off (TRAINYARD_CACHE or TRAINYARD_CACHE_SIZE).');
    return;
  }
  const size = cacheSize(place);
  const cleared = options.clear === true;
  if (cleared) {
    clearCache(place);
  }
  print(options.json === true
    ? JSON.stringify({ folder: place.folder, ...size, mostBytes: place.mostBytes, cleared })
    : `${place.folder}: ${sizeText(size.bytes)} in ${size.files} file${size.files === 1 ? '' : 's'}${cleared ? ', removed' : ` of at most ${sizeText(place.mostBytes)}`}`);
}
