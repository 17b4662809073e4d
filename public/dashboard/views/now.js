// Now, to the minute: ages grow without anything happening.
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";

export function useNow() {
  const now = useSignal(Date.now());
  useEffect(() => {
    const timer = setInterval(() => {
      now.value = Date.now();
    }, 30_000);
    return () => clearInterval(timer);
  }, []);
  return now.value;
}
