/* What injectc wants to know of the kernel that runs here, as src/kernel/capture.sh tells it. */
#ifndef CAPTURE_H
#define CAPTURE_H

/*
 * Writes a tar archive to stdout, which `injectc kernel add` takes; only looks, and loads nothing. What can't be read is
 * named on stderr and left out. Returns the exit status: 1 where nothing could be read or written.
 */
int capture__write(void);

#endif
