/** What is used here of transformers.js, which is installed only when it is measured. */
declare module '@huggingface/transformers' {
  export const env: {
    allowRemoteModels: boolean;
    allowLocalModels: boolean;
    localModelPath: string;
    useBrowserCache: boolean;
    useWasmCache: boolean;
    readonly backends: { readonly onnx: { readonly wasm: object } };
  };
  export interface Tensor {
    readonly dims: readonly number[];
    readonly data: Float32Array;
  }
  export interface RawImage {
    readonly width: number;
    readonly height: number;
  }
  export const RawImage: { fromBlob(blob: Blob): Promise<RawImage> };
  export const AutoProcessor: {
    from_pretrained(
      name: string,
    ): Promise<(images: readonly RawImage[]) => Promise<{ readonly pixel_values: Tensor }>>;
  };
  export const CLIPVisionModelWithProjection: {
    from_pretrained(
      name: string,
      options: {
        readonly device: 'wasm' | 'webgpu';
        readonly dtype: 'fp32' | 'fp16';
        readonly use_external_data_format: boolean;
      },
    ): Promise<(inputs: Readonly<Record<string, Tensor>>) => Promise<Readonly<Record<string, Tensor>>>>;
  };
}
