import { Pause, Play } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { useLanguage } from '../../../language/language.tsx';
import { classes } from '../../../ui/classes.ts';

const BARS = 32;

interface Sound {
  readonly buffer: AudioBuffer;
  /** One height per bar, 0 to 1. */
  readonly peaks: readonly number[];
}

/** Plays through Web Audio: the page's policy forbids media from memory, and the drawing needs the samples anyway. */
export function VoiceNote({ file }: { readonly file: Blob | undefined }) {
  const { t } = useLanguage();
  const [sound, setSound] = useState<Sound | 'unplayable' | null>(null);
  useEffect(() => {
    if (file === undefined) return;
    let gone = false;
    decode(file)
      .then((decoded) => gone || setSound(decoded))
      .catch(() => gone || setSound('unplayable'));
    return () => {
      gone = true;
    };
  }, [file]);
  if (sound === 'unplayable') return <p className="label-small flex h-10 items-center">{t('voice.cannot')}</p>;
  return <Player sound={sound} />;
}

function Player({ sound }: { readonly sound: Sound | null }) {
  const { t, format } = useLanguage();
  const [share, setShare] = useState<number | null>(null);
  const stop = useRef<(() => void) | null>(null);
  useEffect(() => () => stop.current?.(), []);

  function toggle(): void {
    if (stop.current !== null) return stop.current();
    if (sound === null) return;
    const ending = play(sound.buffer, setShare);
    stop.current = () => {
      stop.current = null;
      setShare(null);
      ending();
    };
  }

  const playing = share !== null;
  return (
    <div className="flex h-10 w-60 max-w-full items-center gap-2.5">
      <button
        type="button"
        disabled={sound === null}
        aria-label={playing ? t('voice.pause') : t('voice.play')}
        onClick={() => (playing && share >= 1 ? stop.current?.() : toggle())}
        className="inline-flex size-8 shrink-0 items-center justify-center rounded-full bg-n-teal-9 text-white hover:brightness-110 disabled:opacity-50"
      >
        {playing ? <Pause aria-hidden className="size-4 fill-current" /> : <Play aria-hidden className="ms-0.5 size-4 fill-current" />}
      </button>
      <span aria-hidden className="flex h-7 min-w-0 flex-1 items-center justify-between">
        {Array.from({ length: BARS }, (_, bar) => (
          <span
            key={bar}
            className={classes(
              'w-[3px] rounded-full transition-colors',
              playing && bar / BARS < share ? 'bg-n-teal-9' : 'bg-current opacity-40',
            )}
            style={{ height: `${Math.round(14 + (sound?.peaks[bar] ?? 0) * 86)}%` }}
          />
        ))}
      </span>
      <span className="label-small w-9 shrink-0 text-end tabular-nums opacity-75">
        {sound === null ? '' : format.length(Math.max(1, sound.buffer.duration))}
      </span>
    </div>
  );
}

async function decode(file: Blob): Promise<Sound> {
  const buffer = await new OfflineAudioContext(1, 1, 48_000).decodeAudioData(await file.arrayBuffer());
  const samples = buffer.getChannelData(0);
  const size = Math.max(1, Math.floor(samples.length / BARS));
  const loudness = Array.from({ length: BARS }, (_, bar) => {
    let sum = 0;
    for (let at = bar * size; at < (bar + 1) * size; at += 1) sum += (samples[at] ?? 0) ** 2;
    return Math.sqrt(sum / size);
  });
  const loudest = Math.max(...loudness, 0.001);
  return { buffer, peaks: loudness.map((value) => value / loudest) };
}

/** Reports how much has been played, from 0 to 1, and null at the end. Gives back what stops it. */
function play(buffer: AudioBuffer, onShare: (share: number | null) => void): () => void {
  const context = new AudioContext();
  const source = context.createBufferSource();
  source.buffer = buffer;
  source.connect(context.destination);
  let frame = 0;
  const started = context.currentTime;
  const tick = (): void => {
    onShare(Math.min(1, (context.currentTime - started) / buffer.duration));
    frame = requestAnimationFrame(tick);
  };
  const end = (): void => {
    cancelAnimationFrame(frame);
    source.onended = null;
    if (context.state !== 'closed') void context.close();
  };
  source.onended = () => {
    end();
    onShare(null);
  };
  source.start();
  frame = requestAnimationFrame(tick);
  return end;
}
