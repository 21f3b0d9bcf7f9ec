/** What a camera shows, frame by frame. */
export interface VideoFrames {
  /** Plays it. */
  readonly video: HTMLVideoElement;
  /** Resolves when there is a frame that was not there before; never once it is closed. */
  next(): Promise<void>;
  /** The frame that is shown. */
  bitmap(): Promise<ImageBitmap>;
  /** The same as a PNG. */
  picture(): Promise<Blob>;
  /** Stops the camera. */
  close(): void;
}

/** Plays a camera's stream; resolves when its first frame is there. */
export async function openFrames(stream: MediaStream): Promise<VideoFrames> {
  const video = document.createElement('video');
  video.muted = true;
  video.playsInline = true;
  video.srcObject = stream;
  await video.play();
  return {
    video,
    next: () =>
      new Promise((resolve) => {
        // Where a browser does not tell of frames, one of the page's is as good.
        if ('requestVideoFrameCallback' in video) video.requestVideoFrameCallback(() => resolve());
        else requestAnimationFrame(() => resolve());
      }),
    bitmap: () => createImageBitmap(video),
    async picture() {
      const canvas = new OffscreenCanvas(video.videoWidth, video.videoHeight);
      canvas.getContext('2d')?.drawImage(video, 0, 0);
      return canvas.convertToBlob({ type: 'image/png' });
    },
    close() {
      for (const track of stream.getTracks()) track.stop();
      video.srcObject = null;
    },
  };
}
