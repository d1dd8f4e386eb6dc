/** Sluice's mark: a gate between two posts, water under it. */
export function Mark() {
  return (
    <svg className="mark" viewBox="0 0 18 18" width="19" height="19" fill="none" aria-hidden="true" focusable="false">
      <path fill="currentColor" d="M1 .5h2v17H1zM15 .5h2v17h-2zM4.5 2.25h9v5.5h-9z" />
      <path
        stroke="currentColor"
        strokeWidth="1.7"
        d="M4.5 11.2c1.5-1.6 3-1.6 4.5 0s3 1.6 4.5 0M4.5 15.2c1.5-1.6 3-1.6 4.5 0s3 1.6 4.5 0"
      />
    </svg>
  );
}
