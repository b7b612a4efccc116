import type { GpuProvider } from './protocol';

/** What a user may say about the GPU. */
export const gpuChoices = ['off', 'auto', 'webgpu', 'directml', 'coreml'] as const;
export type GpuChoice = (typeof gpuChoices)[number];

/**
 * The provider of ONNX Runtime that a choice means.
 *
 * @param platform as `process.platform` says it.
 * @returns undefined when the processor shall compute.
 */
export function gpuProvider(choice: GpuChoice, platform: string): GpuProvider | undefined {
  switch (choice) {
    case 'off':
      return undefined;
    case 'auto':
      return platform === 'win32' ? 'dml' : platform === 'darwin' ? 'coreml' : 'webgpu';
    case 'directml':
      return 'dml';
    case 'webgpu':
    case 'coreml':
      return choice;
  }
}
