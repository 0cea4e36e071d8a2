/** A credential as it travels. */
export type Credential = Readonly<Record<string, string>>;

export interface Answer {
  readonly status: number;
  /** Names in lower case, each with its values. */
  readonly headers: string;
  readonly setCookie: readonly string[];
  readonly text: string;
}

export interface Client {
  send(
    method: string,
    path: string,
    options?: { readonly as?: Credential; readonly body?: unknown; readonly headers?: Credential },
  ): Promise<Answer>;
  /** The same, read as JSON. Throws for every answer that is no success. */
  ok(
    method: string,
    path: string,
    options?: { readonly as?: Credential; readonly body?: unknown; readonly headers?: Credential },
  ): Promise<Record<string, unknown>>;
}

export const bearer = (token: string): Credential => ({ authorization: `Bearer ${token}` });

/** Whole addresses, such as `/api/v1/accounts`. `onAnswer` sees every answer as it came. */
export function openClient(url: string, onAnswer: (line: string, answer: Answer) => void = () => undefined): Client {
  const send: Client['send'] = async (method, path, { as = {}, body, headers = {} } = {}) => {
    const text = body === undefined ? null : typeof body === 'string' ? body : JSON.stringify(body);
    const response = await fetch(`${url}${path}`, {
      method,
      headers: { ...(text === null ? {} : { 'content-type': 'application/json' }), ...as, ...headers },
      ...(text === null ? {} : { body: text }),
    });
    const answer: Answer = {
      status: response.status,
      headers: [...response.headers].map(([name, value]) => `${name}: ${value}`).join('\n'),
      setCookie: response.headers.getSetCookie(),
      text: await response.text(),
    };
    onAnswer(`${method} ${path}`, answer);
    return answer;
  };
  return {
    send,
    async ok(method, path, options) {
      const { status, text } = await send(method, path, options);
      if (status < 200 || status > 299) throw new Error(`${method} ${path} answered ${status}: ${text.slice(0, 500)}`);
      return text === '' ? {} : (JSON.parse(text) as Record<string, unknown>);
    },
  };
}

export interface SignedIn {
  readonly accessToken: string;
  readonly userId: string;
  /** As the browser sends it back. */
  readonly cookie: string;
}

export async function signInAs(client: Client, email: string, password: string): Promise<SignedIn> {
  const answer = await client.send('POST', '/api/v1/auth/login', { body: { email, password } });
  if (answer.status !== 200) throw new Error(`signing in as ${email} answered ${answer.status}: ${answer.text}`);
  return signedInOf(answer);
}

export function signedInOf(answer: Answer): SignedIn {
  const { accessToken, user } = JSON.parse(answer.text) as { accessToken: string; user: { id: string } };
  return { accessToken, userId: user.id, cookie: answer.setCookie[0]?.split(';')[0] ?? '' };
}

/** What a page of the Hub sends beside the cookie. */
export const ownPage = (cookie: string): Credential => ({
  cookie,
  'content-type': 'application/json',
  'x-wph-csrf': '1',
  'sec-fetch-site': 'same-origin',
});
