import address from './sample-voice.ogg?url';

/** Two seconds of Opus in an Ogg, as WhatsApp records. */
export async function sampleVoice(): Promise<File> {
  const answer = await fetch(address);
  return new File([await answer.blob()], 'audio.ogg', { type: 'audio/ogg; codecs=opus' });
}
