/** The instrument: two arms, the arc with its scale, and the index arm that reads the angle. */
export function Mark() {
  return (
    <svg class="mark" viewBox="0 0 32 32" aria-hidden="true">
      <path d="M16 4 5.5 25.5M16 4l10.5 21.5" />
      <path d="M3.5 24.3a23.5 23.5 0 0 0 25 0" />
      <path class="mark-index" d="m16 4 3.2 23.2" />
      <circle cx="16" cy="4.6" r="1.6" />
    </svg>
  );
}
