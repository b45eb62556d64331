"""Which system calls a fenced child may make, which end it, and their numbers on two kinds of processors.

The numbers are those of the kernel's own tables, which never change; a test compares them with libseccomp.
"""

from __future__ import annotations


def _calls(names: str) -> frozenset[str]:
    return frozenset(names.split())


ALLOWED = _calls("""
access alarm arch_prctl brk capget clock_getres clock_gettime clock_nanosleep close close_range dup dup2 dup3
epoll_create epoll_create1 epoll_ctl epoll_pwait epoll_pwait2 epoll_wait eventfd eventfd2 exit exit_group faccessat
faccessat2 fadvise64 fdatasync flock fstat fstatfs fsync futex futex_waitv get_mempolicy get_robust_list
getcpu getcwd getdents getdents64 getegid geteuid getgid getgroups getitimer getpgid getpgrp getpid getppid
getpriority getrandom getresgid getresuid getrlimit getrusage getsid gettid gettimeofday getuid
lseek lstat madvise membarrier mincore mlock mlock2 mmap mprotect mremap msync munlock
munmap nanosleep newfstatat open openat pause pipe pipe2 pkey_alloc pkey_free pkey_mprotect poll ppoll pread64
preadv preadv2 pselect6 pwrite64 pwritev pwritev2 read readlink readlinkat readv restart_syscall rseq rt_sigaction
rt_sigpending rt_sigprocmask rt_sigreturn rt_sigsuspend rt_sigtimedwait sched_get_priority_max
sched_get_priority_min sched_getaffinity sched_getparam sched_getscheduler sched_yield select
set_robust_list set_tid_address setitimer setrlimit sigaltstack stat statfs statx sysinfo time timer_create
timer_delete timer_getoverrun timer_gettime timer_settime timerfd_create timerfd_gettime timerfd_settime times umask
uname wait4 waitid write writev
""")
"""What computing, reading and answering need. Whatever is named nowhere does not exist for the child (ENOSYS)."""

REFUSED = _calls("""
chmod chown creat fallocate fchmod fchmodat fchmodat2 fchown fchownat fremovexattr fsetxattr ftruncate futimesat
lchown link linkat lremovexattr lsetxattr memfd_create mkdir mkdirat mknod mknodat removexattr rename renameat
renameat2 rmdir setxattr symlink symlinkat truncate unlink unlinkat utime utimensat utimes
""")
"""Refused with an error that a library can live with: it wanted a folder for a cache, or a temporary file."""

ENDING = {
    "network": _calls("""
accept accept4 bind connect listen sendmmsg sendto
"""),
    "programs": _calls("""
execve execveat
"""),
    "processes": _calls("""
fork pidfd_open pidfd_send_signal rt_sigqueueinfo rt_tgsigqueueinfo vfork
"""),
    "memory of others": _calls("""
kcmp pidfd_getfd process_madvise process_vm_readv process_vm_writev ptrace
"""),
    "kernel": _calls("""
acct add_key adjtimex bpf chroot clock_adjtime clock_settime delete_module fanotify_init finit_module fsconfig
fsmount fsopen fspick init_module io_uring_enter io_uring_register io_uring_setup ioperm iopl kexec_file_load
kexec_load keyctl modify_ldt mount mount_setattr move_mount open_by_handle_at open_tree perf_event_open personality
pivot_root quotactl reboot request_key setdomainname sethostname setns settimeofday swapoff swapon syslog umount2
unshare userfaultfd
"""),
}
"""By fence: no library needs these to score rows, and whoever makes one is ended."""

BY_ARGUMENT = {
    "clone": "processes",
    "fcntl": "processes",
    "kill": "processes",
    "prlimit64": "processes",
    "sendmsg": "network",
    "socket": "network",
    "tgkill": "processes",
    "tkill": "processes",
}
"""Calls that are allowed with some arguments, and the fence that another argument runs into."""

_TABLE = """
accept:43:202 accept4:288:242 access:21: acct:163:89 add_key:248:217 adjtimex:159:171 alarm:37: arch_prctl:158:
bind:49:200 bpf:321:280 brk:12:214 capget:125:90 chmod:90: chown:92: chroot:161:51 clock_adjtime:305:266
clock_getres:229:114 clock_gettime:228:113 clock_nanosleep:230:115 clock_settime:227:112 clone:56:220 clone3:435:435
close:3:57 close_range:436:436 connect:42:203 creat:85: delete_module:176:106 dup:32:23 dup2:33: dup3:292:24
epoll_create:213: epoll_create1:291:20 epoll_ctl:233:21 epoll_pwait:281:22 epoll_pwait2:441:441 epoll_wait:232:
eventfd:284: eventfd2:290:19 execve:59:221 execveat:322:281 exit:60:93 exit_group:231:94 faccessat:269:48
faccessat2:439:439 fadvise64:221:223 fallocate:285:47 fanotify_init:300:262 fchmod:91:52 fchmodat:268:53
fchmodat2:452:452 fchown:93:55 fchownat:260:54 fcntl:72:25 fdatasync:75:83 finit_module:313:273 flock:73:32 fork:57:
fremovexattr:199:16 fsconfig:431:431 fsetxattr:190:7 fsmount:432:432 fsopen:430:430 fspick:433:433 fstat:5:80
fstatfs:138:44 fsync:74:82 ftruncate:77:46 futex:202:98 futex_waitv:449:449 futimesat:261: get_mempolicy:239:236
get_robust_list:274:100 getcpu:309:168 getcwd:79:17 getdents:78: getdents64:217:61 getegid:108:177 geteuid:107:175
getgid:104:176 getgroups:115:158 getitimer:36:102 getpgid:121:155 getpgrp:111: getpid:39:172 getppid:110:173
getpriority:140:141 getrandom:318:278 getresgid:120:150 getresuid:118:148 getrlimit:97:163 getrusage:98:165
getsid:124:156 gettid:186:178 gettimeofday:96:169 getuid:102:174 init_module:175:105 io_uring_enter:426:426
io_uring_register:427:427 io_uring_setup:425:425 ioctl:16:29 ioperm:173: iopl:172: kcmp:312:272
kexec_file_load:320:294 kexec_load:246:104 keyctl:250:219 kill:62:129 lchown:94:
link:86: linkat:265:37 listen:50:201 lremovexattr:198:15 lseek:8:62 lsetxattr:189:6 lstat:6: madvise:28:233
membarrier:324:283 memfd_create:319:279 mincore:27:232 mkdir:83: mkdirat:258:34 mknod:133: mknodat:259:33
mlock:149:228 mlock2:325:284 mmap:9:222 modify_ldt:154: mount:165:40 mount_setattr:442:442 move_mount:429:429
mprotect:10:226 mremap:25:216 msync:26:227 munlock:150:229 munmap:11:215 nanosleep:35:101 newfstatat:262:79 open:2:
open_by_handle_at:304:265 open_tree:428:428 openat:257:56 pause:34: perf_event_open:298:241 personality:135:92
pidfd_getfd:438:438 pidfd_open:434:434 pidfd_send_signal:424:424 pipe:22: pipe2:293:59 pivot_root:155:41
pkey_alloc:330:289 pkey_free:331:290 pkey_mprotect:329:288 poll:7: ppoll:271:73 prctl:157:167 pread64:17:67
preadv:295:69 preadv2:327:286 prlimit64:302:261 process_madvise:440:440 process_vm_readv:310:270
process_vm_writev:311:271 pselect6:270:72 ptrace:101:117 pwrite64:18:68 pwritev:296:70 pwritev2:328:287
quotactl:179:60 read:0:63 readlink:89: readlinkat:267:78 readv:19:65 reboot:169:142 removexattr:197:14 rename:82:
renameat:264:38 renameat2:316:276 request_key:249:218 restart_syscall:219:128 rmdir:84: rseq:334:293
rt_sigaction:13:134 rt_sigpending:127:136 rt_sigprocmask:14:135 rt_sigqueueinfo:129:138 rt_sigreturn:15:139
rt_sigsuspend:130:133 rt_sigtimedwait:128:137 rt_tgsigqueueinfo:297:240 sched_get_priority_max:146:125
sched_get_priority_min:147:126 sched_getaffinity:204:123 sched_getparam:143:121 sched_getscheduler:145:120
sched_setaffinity:203:122 sched_yield:24:124 select:23: sendmmsg:307:269 sendmsg:46:211 sendto:44:206
set_robust_list:273:99 set_tid_address:218:96 setdomainname:171:162 sethostname:170:161 setitimer:38:103
setns:308:268 setrlimit:160:164 settimeofday:164:170 setxattr:188:5 sigaltstack:131:132 socket:41:198
socketpair:53:199 stat:4: statfs:137:43 statx:332:291 swapoff:168:225 swapon:167:224 symlink:88: symlinkat:266:36
sysinfo:99:179 syslog:103:116 tgkill:234:131 time:201: timer_create:222:107 timer_delete:226:111
timer_getoverrun:225:109 timer_gettime:224:108 timer_settime:223:110 timerfd_create:283:85 timerfd_gettime:287:87
timerfd_settime:286:86 times:100:153 tkill:200:130 truncate:76:45 umask:95:166 umount2:166:39 uname:63:160
unlink:87: unlinkat:263:35 unshare:272:97 userfaultfd:323:282 utime:132: utimensat:280:88 utimes:235: vfork:58:
wait4:61:260 waitid:247:95 write:1:64 writev:20:66
"""
"""``name:x86_64:aarch64``."""


PROCESSORS = ("x86_64", "aarch64")


def numbers(processor: str) -> dict[str, int]:
    """The number of each call on a processor; calls that it does not have are left out."""
    place = 1 + PROCESSORS.index(processor)
    cells = (cell.split(":") for cell in _TABLE.split())
    return {cell[0]: int(cell[place]) for cell in cells if cell[place]}


def fence_of(call: str) -> str:
    """The fence that a call which ends the child runs into."""
    found = [fence for fence, calls in ENDING.items() if call in calls]
    return found[0] if found else BY_ARGUMENT.get(call, "kernel")
