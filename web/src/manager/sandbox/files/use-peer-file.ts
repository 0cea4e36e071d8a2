import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import type { Peer } from '../peers/peer.ts';

/** A file of a peer. It is fetched, because the door needs a header that an address cannot carry. */
export function usePeerFile(peer: Peer, path: string) {
  return useQuery({
    queryKey: ['file', peer.url, path] as const,
    queryFn: ({ signal }) => peer.file(path, signal),
    staleTime: Infinity,
    gcTime: 600_000,
    retry: 1,
  });
}

/** An address for a file in memory, as long as the component lives. */
export function useBlobAddress(blob: Blob | undefined): string | null {
  const [address, setAddress] = useState<string | null>(null);
  useEffect(() => {
    if (blob === undefined) return;
    const made = URL.createObjectURL(blob);
    setAddress(made);
    return () => URL.revokeObjectURL(made);
  }, [blob]);
  return address;
}

export async function saveFile(peer: Peer, path: string, fileName: string): Promise<void> {
  const address = URL.createObjectURL(await peer.file(path));
  const link = document.createElement('a');
  link.href = address;
  link.download = fileName;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
