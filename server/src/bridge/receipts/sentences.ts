import type { DeliveryFailure, FailureKind } from '#platform/outcome';

type Language = 'pt' | 'en';

/** What the agent reads on a message that did not get through: what happened and what to do. */
const SENTENCES: Readonly<Record<FailureKind, Readonly<Record<Language, string>>>> = {
  unreachable: {
    pt: 'O servidor do WhatsApp da empresa não respondeu. Tente de novo mais tarde.',
    en: "The company's WhatsApp server did not answer. Try again later.",
  },
  timeout: {
    pt: 'O envio demorou demais e não foi confirmado. Verifique no celular antes de reenviar.',
    en: 'Sending took too long and was not confirmed. Check the phone before sending again.',
  },
  unavailable: {
    pt: 'O servidor do WhatsApp da empresa está com problemas. Tente de novo mais tarde.',
    en: "The company's WhatsApp server has a problem. Try again later.",
  },
  throttled: {
    pt: 'O WhatsApp limitou os envios deste número. Tente de novo mais tarde.',
    en: 'WhatsApp is limiting this number. Try again later.',
  },
  credentials: {
    pt: 'A credencial deste número não é mais aceita. Avise o administrador.',
    en: "This number's credential is no longer accepted. Tell the administrator.",
  },
  'not-connected': {
    pt: 'O WhatsApp da empresa está desconectado. Peça ao administrador para conectar o número.',
    en: "The company's WhatsApp is disconnected. Ask the administrator to connect the number.",
  },
  'not-found': {
    pt: 'O número da empresa não existe mais no servidor do WhatsApp. Avise o administrador.',
    en: "The company's number no longer exists on its WhatsApp server. Tell the administrator.",
  },
  'not-on-whatsapp': { pt: 'Este contato não tem WhatsApp. Confira o número.', en: 'This contact is not on WhatsApp. Check the number.' },
  rejected: { pt: 'O WhatsApp recusou esta mensagem.', en: 'WhatsApp refused this message.' },
  unsupported: {
    pt: 'Este tipo de mensagem não pode ser enviado por este número.',
    en: 'This kind of message cannot be sent from this number.',
  },
  'too-large': { pt: 'O arquivo é grande demais para o WhatsApp.', en: 'The file is too large for WhatsApp.' },
  blocked: {
    pt: 'O endereço do servidor não é permitido aqui. Avise o administrador.',
    en: 'The server address is not allowed here. Tell the administrator.',
  },
  'invalid-answer': {
    pt: 'O servidor do WhatsApp respondeu algo inesperado. Verifique no celular antes de reenviar.',
    en: 'The WhatsApp server answered something unexpected. Check the phone before sending again.',
  },
};

const UNKNOWN: Readonly<Record<Language, string>> = {
  pt: 'O WhatsApp informou que a mensagem não foi entregue.',
  en: 'WhatsApp says that the message was not delivered.',
};

export function sentenceFor(failure: DeliveryFailure | null, locale: string): string {
  const language: Language = locale.toLowerCase().startsWith('pt') ? 'pt' : 'en';
  if (!failure) return UNKNOWN[language];
  return failure.vendorText ?? SENTENCES[failure.kind]?.[language] ?? UNKNOWN[language];
}
