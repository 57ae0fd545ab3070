#include <vethwork/lab/space.hpp>

#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>

#include <vethwork/lab/run_folder.hpp>
#include <vethwork/netns/create.hpp>
#include <vethwork/netns/name.hpp>

namespace vethwork::lab {

namespace {

constexpr int space_flags =
    CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS;

/// What the processes of a space do.
struct Lives {
    std::function<int()> const& inside;
    std::function<void()> const& outside;
};

Result<> map_user_to_root(uid_t uid, gid_t gid) {
    TRY(write_file("/proc/self/setgroups", "deny"));
    TRY(write_file("/proc/self/uid_map", "0 " + std::to_string(uid) + " 1"));
    return write_file("/proc/self/gid_map", "0 " + std::to_string(gid) + " 1");
}

Result<> mount_or_error(char const* source, std::string const& target, char const* type, unsigned long flags,
                        char const* data = nullptr) {
    if (::mount(source, target.c_str(), type, flags, data) != 0)
        return system_error("mount " +
                            std::string(type     ? type
                                        : source ? source
                                                 : "nothing") +
                            " at " + target);
    return {};
}

/// A /run that shows what the old one did, but for a netns of its own.
Result<> make_private_run() {
    TRY(cover_run("netns"));
    if (::mkdir(netns::run_dir, 0755) != 0) return system_error(std::string("make ") + netns::run_dir);
    return mount_or_error("tmpfs", netns::run_dir, "tmpfs", 0, "mode=755");
}

/// A /sys that tells of the network namespaces seen from here. The machine's control groups, which it would
/// cover, stay at their place: the nodes' limits are theirs. Where only a read-only one is allowed the
/// machine's own stays: `ip netns exec` then knows to mount its like.
void cover_sys() {
    constexpr char const* place = "/sys/fs/cgroup";
    Fd const old(::open(place, O_PATH | O_CLOEXEC));
    if (::mount("sysfs", "/sys", "sysfs", 0, nullptr) != 0 || !old.is_open()) return;
    Fd const groups(static_cast<int>(::syscall(
        SYS_open_tree, old.get(), "", OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_EMPTY_PATH | AT_RECURSIVE)));
    if (groups.is_open())
        ::syscall(SYS_move_mount, groups.get(), "", AT_FDCWD, place, MOVE_MOUNT_F_EMPTY_PATH);
}

Result<> settle() {
    TRY(mount_or_error(nullptr, "/", nullptr, MS_REC | MS_PRIVATE));
    TRY(mount_or_error("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC));
    TRY(make_private_run());
    cover_sys();
    return {};
}

/// Closes everything but 0, 1, 2 and `keep`, and puts the standard streams on /dev/null.
void detach(std::span<int const> keep) {
    unsigned from = 3;
    std::vector<int> sorted(keep.begin(), keep.end());
    std::ranges::sort(sorted);
    for (int const fd : sorted) {
        if (static_cast<unsigned>(fd) > from)
            ::syscall(SYS_close_range, from, static_cast<unsigned>(fd) - 1, 0u);
        from = static_cast<unsigned>(fd) + 1;
    }
    ::syscall(SYS_close_range, from, ~0u, 0u);
    int const null = ::open("/dev/null", O_RDWR | O_CLOEXEC);
    for (int const fd : {0, 1, 2}) ::dup2(null, fd);
    if (null > 2) ::close(null);
}

/// An error goes through a pipe as "CODE ATTEMPT"; nothing at all is success.
void tell(int pipe, Error const& error) {
    (void)write_all(pipe, std::to_string(error.code) + " " + error.attempt);
}

std::optional<Error> told(std::string const& text) {
    if (text.empty()) return {};
    return system_error(std::atoi(text.c_str()), text.substr(std::min(text.find(' '), text.size() - 1) + 1));
}

/// The process that stays in the old network namespace.
Result<> leave_outside(std::function<void()> const& outside, std::span<int const> keep) {
    if (!outside) return {};
    pid_t const child = ::fork();
    if (child < 0) return system_error("start the lab's hand outside");
    if (child > 0) return {};
    ::prctl(PR_SET_NAME, hand_name);
    detach(keep);
    outside();
    ::_exit(0);
}

Result<> settle_apart(std::function<void()> const& outside, std::span<int const> keep) {
    TRY(leave_outside(outside, keep));
    TRY(netns::enter_new());
    return settle();
}

/// The first process of the space.
[[noreturn]] void live(Lives const& lives, std::span<int const> keep, Fd ready) {
    ::setsid();
    ::prctl(PR_SET_NAME, "vethwork-lab");
    if (auto settled = settle_apart(lives.outside, keep); !settled) {
        tell(ready.get(), settled.error());
        ::_exit(1);
    }
    ready.reset();
    detach(keep);
    ::_exit(lives.inside());
}

/// The process in between: makes the namespaces, and the first process in them, and ends.
[[noreturn]] void midwife(Lives const& lives, std::span<int const> keep, Fd ready, Fd number) {
    uid_t const uid = ::geteuid();
    gid_t const gid = ::getegid();
    if (::unshare(space_flags & ~CLONE_NEWNET) != 0) {
        tell(ready.get(), system_error("make user, mount, pid and network namespaces"));
        ::_exit(1);
    }
    if (auto mapped = map_user_to_root(uid, gid); !mapped) {
        tell(ready.get(), mapped.error());
        ::_exit(1);
    }
    pid_t const first = ::fork();
    if (first == 0) live(lives, keep, std::move(ready));
    (void)write_all(number.get(), std::to_string(first));
    ::_exit(first < 0 ? 1 : 0);
}

struct Pipe {
    Fd read, write;
};

Result<Pipe> make_pipe() {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) return system_error("make a pipe");
    return Pipe{Fd(ends[0]), Fd(ends[1])};
}

/// What the machine's settings say against user namespaces.
std::string settings_against() {
    auto const value = [](char const* file) {
        auto const text = read_file(file);
        return text ? std::string(text->substr(0, text->find('\n'))) : std::string();
    };
    if (value("/proc/sys/kernel/unprivileged_userns_clone") == "0")
        return "this kernel refuses them to ordinary users: sudo sysctl kernel.unprivileged_userns_clone=1";
    if (value("/proc/sys/user/max_user_namespaces") == "0")
        return "the limit is zero: sudo sysctl user.max_user_namespaces=15000";
    if (value("/proc/sys/kernel/apparmor_restrict_unprivileged_userns") == "1")
        return "AppArmor restricts them: sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0, or give "
               "vethwork a "
               "profile with `userns,`";
    return "run as root, or ask for user namespaces to be allowed here";
}

}  // namespace

std::optional<Error> why_no_user_namespaces() {
    pid_t const child = ::fork();
    if (child == 0) {
        uid_t const uid = ::geteuid();
        gid_t const gid = ::getegid();
        if (::unshare(space_flags) != 0) ::_exit(errno);
        auto const mapped = map_user_to_root(uid, gid);
        if (!mapped) ::_exit(mapped.error().code);
        ::_exit(::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 ? 0 : errno);
    }
    int status = 0;
    while (child > 0 && ::waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    if (child > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0) return {};
    return system_error(WIFEXITED(status) ? WEXITSTATUS(status) : EPERM, "make user namespaces",
                        settings_against());
}

Result<ProcessId> start_space(std::function<int()> const& life, std::span<int const> keep,
                              std::function<void()> const& outside) {
    auto ready = TRY(make_pipe());
    auto number = TRY(make_pipe());
    pid_t const child = ::fork();
    if (child < 0) return system_error("fork");
    if (child == 0) midwife({life, outside}, keep, std::move(ready.write), std::move(number.write));
    ready.write.reset();
    number.write.reset();
    auto const pid = TRY(read_all(number.read.get()));
    auto const trouble = TRY(read_all(ready.read.get()));
    while (::waitpid(child, nullptr, 0) < 0 && errno == EINTR) {
    }
    if (auto error = told(trouble)) {
        if (error->hint.empty()) error->hint = settings_against();
        return *std::move(error);
    }
    auto const first = identify(std::atoi(pid.c_str()));
    if (!first) return system_error(ESRCH, "start the first process of a lab");
    return *first;
}

Result<ProcessId> start_daemon(std::function<int()> const& life, std::span<int const> keep) {
    auto number = TRY(make_pipe());
    pid_t const child = ::fork();
    if (child < 0) return system_error("fork");
    if (child == 0) {
        ::setsid();
        pid_t const keeper = ::fork();
        if (keeper != 0) {
            (void)write_all(number.write.get(), std::to_string(keeper));
            ::_exit(0);
        }
        ::prctl(PR_SET_NAME, "vethwork-lab");
        ::prctl(PR_SET_CHILD_SUBREAPER, 1);
        detach(keep);
        ::_exit(life());
    }
    number.write.reset();
    auto const pid = TRY(read_all(number.read.get()));
    while (::waitpid(child, nullptr, 0) < 0 && errno == EINTR) {
    }
    auto const keeper = identify(std::atoi(pid.c_str()));
    if (!keeper) return system_error(ESRCH, "start a keeper");
    return *keeper;
}

std::optional<Fd> open_process(ProcessId const& process) {
    Fd fd(static_cast<int>(::syscall(SYS_pidfd_open, process.pid, 0u)));
    if (!fd.is_open() || !is_alive(process)) return {};
    return fd;
}

Result<> end_process(Fd const& process) {
    constexpr int patience_ms = 10'000;
    if (::syscall(SYS_pidfd_send_signal, process.get(), SIGKILL, nullptr, 0u) != 0 && errno != ESRCH)
        return system_error("end a lab's keeper");
    pollfd waiting{process.get(), POLLIN, 0};
    if (::poll(&waiting, 1, patience_ms) != 1)
        return system_error(ETIMEDOUT, "wait for a lab's keeper to end");
    return {};
}

Result<> end_space(ProcessId const& holder) {
    auto const process = open_process(holder);
    return process ? end_process(*process) : Result<>();
}

Result<> enter_space(ProcessId const& holder, Children children) {
    auto const process = open_process(holder);
    if (!process)
        return lookup_error("the lab's keeper (process " + std::to_string(holder.pid) + ") has ended",
                            "`vethwork down` clears what is left");
    int const flags = children == Children::belong ? space_flags : space_flags & ~CLONE_NEWPID;
    if (::setns(process->get(), flags) != 0) return system_error("enter the lab's namespaces");
    return {};
}

}  // namespace vethwork::lab
