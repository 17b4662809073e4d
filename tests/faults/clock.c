/* A clock that can be set: loaded into the runtime before everything else, it moves the calendar by as many seconds as a
   file says, and leaves the clock that never jumps as it is. */
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static volatile long long *shift;

__attribute__((constructor)) static void begin(void) {
  const char *path = getenv("CLOCK_FILE");
  int file = path ? open(path, O_RDONLY) : -1;
  if (file < 0) return;
  void *seconds = mmap(0, sizeof *shift, PROT_READ, MAP_SHARED, file, 0);
  if (seconds != MAP_FAILED) shift = seconds;
  close(file);
}

int clock_gettime(clockid_t clock, struct timespec *now) {
  int result = (int)syscall(SYS_clock_gettime, clock, now);
  int tells_date = clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE;
  if (result == 0 && shift && tells_date) now->tv_sec += *shift;
  return result;
}
