/** Code as coloured text, for cells that are not near the view. */
import { useEffect, useState } from 'react';
import { monaco } from '../ui/monaco';
import styles from './notebook.module.css';

export function HighlightedCode({ source, language }: { source: string; language: string }) {
  const [html, setHtml] = useState<string | null>(null);
  useEffect(() => {
    let isCurrent = true;
    void monaco.editor.colorize(source, language, { tabSize: 4 }).then((coloured) => {
      if (isCurrent) setHtml(coloured);
    });
    return () => {
      isCurrent = false;
    };
  }, [source, language]);
  if (html === null) return <pre className={styles.plainCode}>{source === '' ? ' ' : source}</pre>;
  return (
    <pre
      className={styles.plainCode}
      // biome-ignore lint/security/noDangerouslySetInnerHtml: Monaco escapes the text it colours.
      dangerouslySetInnerHTML={{ __html: html }}
    />
  );
}
