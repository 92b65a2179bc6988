/*
 * What this program takes away from itself, so that whoever breaks into it by something it reads has little. Each kernel has
 * its part of it: where there is no seccomp, capabilities still go.
 */
#ifndef HARDEN_H
#define HARDEN_H

/* Before anything is read: never again another program, a child or a socket, nor more privileges. */
void harden__begin(void);

/*
 * Once all is attached: no capability but those that reading counters and symbols takes, and no system calls but those of
 * reading, waiting and printing.
 */
void harden__settle(void);

#endif
