/* A disk that fails on command: a library that is loaded before libc (LD_PRELOAD, or linked) and counts the
 * calls that change files. The n-th of them fails, writes a part, or is the last thing the process does.
 *
 *   FAULT_AT      which call, from 1; 0 or unset: none
 *   FAULT_KIND    ENOSPC, EFBIG, EIO, EINTR, ESTALE: the call fails with it
 *                 part: it is done by half (a write of half of the bytes), then fails with ENOSPC
 *                 short: a write of one byte succeeds; other calls are done
 *                 kill: the process dies before the call; torn: after half of a write
 *                 power: the machine goes down: what was not flushed is gone, new names as well
 *                 zeros: the same, but files keep their length; what was not flushed is zeros
 *   FAULT_STICKY  1: all later calls fail, too (with an errno)
 *   FAULT_ROOT    only files below this folder count
 *   FAULT_CLOCK   stands: the monotonic clock does not move
 *   FAULT_COUNT   file that takes, at each call, its number and name; says how many there are
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { most_files = 64 };

/* A file below the root that was written, and how much of it a power cut would leave. */
struct tracked {
  char path[PATH_MAX];
  off_t flushed;  /* bytes on the disk */
  int named;      /* its name is on the disk */
};

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static struct tracked files[most_files];
static int tracked_count;
static int calls;

static const char *setting(const char *name) {
  const char *text = getenv(name);
  return text ? text : "";
}

static int is_kind(const char *kind) { return strcmp(setting("FAULT_KIND"), kind) == 0; }

static int kind_errno(void) {
  if (is_kind("EFBIG")) return EFBIG;
  if (is_kind("EIO")) return EIO;
  if (is_kind("EINTR")) return EINTR;
  if (is_kind("ESTALE")) return ESTALE;
  return ENOSPC;
}

static int below_root(const char *path) {
  char whole[2 * PATH_MAX];
  const char *root = setting("FAULT_ROOT");
  if (*root == '\0' || path == NULL) return 0;
  if (path[0] != '/') {
    if (getcwd(whole, PATH_MAX) == NULL) return 0;
    strcat(whole, "/");
    strncat(whole, path, PATH_MAX - 1);
    path = whole;
  }
  return strncmp(path, root, strlen(root)) == 0;
}

static int path_of(int descriptor, char *path) {
  char link[64];
  snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
  const ssize_t length = readlink(link, path, PATH_MAX - 1);
  if (length < 0) return 0;
  path[length] = '\0';
  return below_root(path);
}

static struct tracked *track(const char *path, off_t flushed, int named) {
  for (int i = 0; i < tracked_count; ++i) {
    if (strcmp(files[i].path, path) == 0) return &files[i];
  }
  if (tracked_count == most_files) abort();
  struct tracked *file = &files[tracked_count++];
  strcpy(file->path, path);
  file->flushed = flushed;
  file->named = named;
  return file;
}

/* What the disk holds after the power came back. */
static void lose_power(int zeros) {
  for (int i = 0; i < tracked_count; ++i) {
    const struct tracked *file = &files[i];
    struct stat now;
    if (stat(file->path, &now) != 0) continue;
    if (!file->named) {
      syscall(SYS_unlinkat, AT_FDCWD, file->path, 0);
      continue;
    }
    if (truncate(file->path, file->flushed) == 0 && zeros && now.st_size > file->flushed)
      (void)!truncate(file->path, now.st_size);
  }
}

static void die(void) {
  kill(getpid(), SIGKILL);
  for (;;) pause();
}

enum outcome { go_on, fail, half, one_byte };

/* Counts a call and says what becomes of it. The mutex is held. */
static enum outcome meet(const char *name, const char *path) {
  ++calls;
  const int at = atoi(setting("FAULT_AT"));
  const char *record = setting("FAULT_COUNT");
  if (*record != '\0') {
    char line[PATH_MAX + 64];
    const int length = snprintf(line, sizeof line, "%d %s %s\n", calls, name, path);
    const int out = (int)syscall(SYS_openat, AT_FDCWD, record, O_WRONLY | O_CREAT | O_APPEND, 0666);
    syscall(SYS_write, out, line, (size_t)length);
    syscall(SYS_close, out);
  }
  const int sticky = strcmp(setting("FAULT_STICKY"), "1") == 0;
  if (at == 0 || calls < at || (calls > at && !sticky)) return go_on;
  if (is_kind("kill")) die();
  if (is_kind("power") || is_kind("zeros")) {
    lose_power(is_kind("zeros"));
    die();
  }
  if (is_kind("torn") || is_kind("part")) return half;
  if (is_kind("short")) return one_byte;
  errno = kind_errno();
  return fail;
}

static ssize_t faulty_write(int number, int descriptor, const void *data, size_t size, off_t at) {
  static ssize_t (*real_write)(int, const void *, size_t);
  static ssize_t (*real_pwrite)(int, const void *, size_t, off_t);
  if (!real_write) real_write = (ssize_t(*)(int, const void *, size_t))dlsym(RTLD_NEXT, "write");
  if (!real_pwrite)
    real_pwrite = (ssize_t(*)(int, const void *, size_t, off_t))dlsym(RTLD_NEXT, "pwrite");
  char path[PATH_MAX];
  const int counts = path_of(descriptor, path);
  ssize_t result = -1;
  enum outcome outcome = go_on;
  if (counts) {
    struct stat before;
    pthread_mutex_lock(&mutex);
    if (fstat(descriptor, &before) == 0) track(path, before.st_size, 1);
    outcome = meet(number == 0 ? "write" : "pwrite", path);
    if (outcome == half) size /= 2;
    if (outcome == one_byte && size > 1) size = 1;
  }
  if (outcome != fail)
    result = number == 0 ? real_write(descriptor, data, size)
                         : real_pwrite(descriptor, data, size, at);
  if (outcome == half && is_kind("torn")) die();
  if (outcome == half) {
    errno = ENOSPC;
    result = -1;
  }
  if (counts) pthread_mutex_unlock(&mutex);
  return result;
}

ssize_t write(int descriptor, const void *data, size_t size) {
  return faulty_write(0, descriptor, data, size, 0);
}
ssize_t pwrite(int descriptor, const void *data, size_t size, off_t at) {
  return faulty_write(1, descriptor, data, size, at);
}
ssize_t pwrite64(int descriptor, const void *data, size_t size, off_t at) {
  return faulty_write(1, descriptor, data, size, at);
}

/* The others are done or not done. */
#define MEET(name, path)                                                    \
  const enum outcome outcome = meet(name, path);                            \
  if (outcome == half && is_kind("torn")) die();                            \
  if (outcome == half) errno = ENOSPC;                                      \
  const int fails = outcome == fail || outcome == half

static int faulty_flush(const char *name, int descriptor) {
  int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, name);
  char path[PATH_MAX];
  if (!path_of(descriptor, path)) return real(descriptor);
  pthread_mutex_lock(&mutex);
  MEET(name, path);
  const int result = fails ? -1 : real(descriptor);
  struct stat now;
  if (result == 0 && fstat(descriptor, &now) == 0) {
    if (S_ISREG(now.st_mode)) track(path, 0, 1)->flushed = now.st_size;
    const size_t length = strlen(path);
    for (int i = 0; S_ISDIR(now.st_mode) && i < tracked_count; ++i) {
      if (strncmp(files[i].path, path, length) == 0 && files[i].path[length] == '/' &&
          strchr(files[i].path + length + 1, '/') == NULL)
        files[i].named = 1;
    }
  }
  pthread_mutex_unlock(&mutex);
  return result;
}

int fsync(int descriptor) { return faulty_flush("fsync", descriptor); }
int fdatasync(int descriptor) { return faulty_flush("fdatasync", descriptor); }

static int faulty_cut(const char *name, int descriptor, off_t size) {
  int (*real)(int, off_t) = (int (*)(int, off_t))dlsym(RTLD_NEXT, name);
  char path[PATH_MAX];
  if (!path_of(descriptor, path)) return real(descriptor, size);
  pthread_mutex_lock(&mutex);
  MEET("ftruncate", path);
  const int result = fails ? -1 : real(descriptor, size);
  for (int i = 0; result == 0 && i < tracked_count; ++i) {
    if (strcmp(files[i].path, path) == 0 && files[i].flushed > size) files[i].flushed = size;
  }
  pthread_mutex_unlock(&mutex);
  return result;
}

int ftruncate(int descriptor, off_t size) { return faulty_cut("ftruncate", descriptor, size); }
int ftruncate64(int descriptor, off_t size) { return faulty_cut("ftruncate64", descriptor, size); }

int rename(const char *from, const char *to) {
  int (*real)(const char *, const char *) =
      (int (*)(const char *, const char *))dlsym(RTLD_NEXT, "rename");
  if (!below_root(to)) return real(from, to);
  pthread_mutex_lock(&mutex);
  MEET("rename", to);
  const int result = fails ? -1 : real(from, to);
  /* After a power cut either name is possible; that the new one stands is taken here. */
  for (int i = 0; result == 0 && i < tracked_count; ++i) {
    if (strcmp(files[i].path, from) == 0) files[i].path[0] = '\0';
  }
  pthread_mutex_unlock(&mutex);
  return result;
}

static int faulty_open(const char *name, const char *path, int flags, mode_t mode) {
  int (*real)(const char *, int, ...) = (int (*)(const char *, int, ...))dlsym(RTLD_NEXT, name);
  const int writes = (flags & O_ACCMODE) != O_RDONLY || (flags & (O_DIRECTORY | O_CREAT)) != 0;
  if (!writes || !below_root(path)) return real(path, flags, mode);
  pthread_mutex_lock(&mutex);
  const int is_new = access(path, F_OK) != 0;
  MEET("open", path);
  const int result = fails ? -1 : real(path, flags, mode);
  char whole[PATH_MAX];
  if (result >= 0 && is_new && path_of(result, whole)) {
    struct tracked *file = track(whole, 0, 0);
    file->flushed = 0;
    file->named = 0;
  }
  pthread_mutex_unlock(&mutex);
  return result;
}

static mode_t mode_of(int flags, va_list arguments) {
  return (flags & (O_CREAT | O_TMPFILE)) ? va_arg(arguments, mode_t) : 0;
}

int clock_gettime(clockid_t clock, struct timespec *now) {
  if (clock == CLOCK_MONOTONIC && strcmp(setting("FAULT_CLOCK"), "stands") == 0) {
    now->tv_sec = 1000;
    now->tv_nsec = 0;
    return 0;
  }
  return (int)syscall(SYS_clock_gettime, clock, now);
}

int open(const char *path, int flags, ...) {
  va_list arguments;
  va_start(arguments, flags);
  const mode_t mode = mode_of(flags, arguments);
  va_end(arguments);
  return faulty_open("open", path, flags, mode);
}

int open64(const char *path, int flags, ...) {
  va_list arguments;
  va_start(arguments, flags);
  const mode_t mode = mode_of(flags, arguments);
  va_end(arguments);
  return faulty_open("open64", path, flags, mode);
}
