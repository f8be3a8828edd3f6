import { type RefObject, useEffect, useState } from 'react';

const MARGIN = '600px 0px';

/** Whether an element is in view or nearly: heavy content is made only then. Once far again, it goes. */
export function useIsNear(ref: RefObject<HTMLElement | null>): boolean {
  const [isNear, setNear] = useState(false);
  useEffect(() => {
    if (ref.current === null) return;
    const observer = new IntersectionObserver(
      (entries) => setNear(entries.at(-1)?.isIntersecting === true),
      { rootMargin: MARGIN, root: ref.current.closest('[data-cell-scroller]') },
    );
    observer.observe(ref.current);
    return () => observer.disconnect();
  }, [ref]);
  return isNear;
}
