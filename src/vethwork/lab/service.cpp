#include <vethwork/lab/service.hpp>

#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>

#include <vethwork/base/text.hpp>
#include <vethwork/lab/groups.hpp>
#include <vethwork/lab/http_probe.hpp>
#include <vethwork/lab/run_folder.hpp>
#include <vethwork/lab/view.hpp>
#include <vethwork/netns/name.hpp>

namespace vethwork::lab {

namespace {

/// A mount namespace of its own, with the binds in it and a /sys of the node's.
Result<> make_mounts(std::vector<std::pair<std::string, std::string>> const& binds) {
    if (::unshare(CLONE_NEWNS) != 0) return system_error("make a mount namespace");
    if (::mount(nullptr, "/", nullptr, MS_REC | MS_SLAVE, nullptr) != 0)
        return system_error("keep mounts to ourselves");
    (void)::mount("sysfs", "/sys", "sysfs", MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC, nullptr);
    for (auto const& [from, to] : binds) {
        if (::mount(from.c_str(), to.c_str(), nullptr, MS_BIND | MS_REC, nullptr) == 0) continue;
        auto error =
            system_error("mount \"" + from + "\" at \"" + to + "\"",
                         errno == ENOENT ? "the place must exist on this machine, or be in /run" : "");
        if (errno != ENOENT || !make_place_in_run(from, to)) return error;
        if (::mount(from.c_str(), to.c_str(), nullptr, MS_BIND | MS_REC, nullptr) != 0) return error;
    }
    return {};
}

Result<> become_user(std::string const& user) {
    if (user.empty()) return {};
    auto const number = parse_number<uid_t>(user, 10);
    passwd const* const entry = number ? ::getpwuid(*number) : ::getpwnam(user.c_str());
    if (!entry && !number) return lookup_error("there is no user \"" + user + "\"");
    gid_t const gid = entry ? entry->pw_gid : *number;
    uid_t const uid = entry ? entry->pw_uid : *number;
    if (::setgroups(0, nullptr) != 0 || ::setgid(gid) != 0 || ::setuid(uid) != 0)
        return system_error("become user \"" + user + "\"", "a lab without root has one user only");
    return {};
}

Result<> limit_open_files(rlim_t most) {
    if (most == 0) return {};
    rlimit const both{most, most};
    if (::setrlimit(RLIMIT_NOFILE, &both) == 0) return {};
    return system_error("allow " + std::to_string(most) + " open files");
}

Result<> settle(Launch const& launch) {
    TRY(enter_groups(launch.groups));
    if (!launch.netns.empty()) TRY(netns::enter(TRY(netns::open_named(launch.netns))));
    if (!launch.view.empty())
        if (auto const view = open_view(Directory(launch.view))) enter_view(*view);
    TRY(make_mounts(launch.binds));
    if (!launch.dir.empty() && ::chdir(launch.dir.c_str()) != 0)
        return system_error("go to \"" + launch.dir + "\"");
    for (auto const& [name, value] : launch.env) ::setenv(name.c_str(), value.c_str(), 1);
    TRY(limit_open_files(launch.open_files));
    TRY(become_user(launch.user));
    if (launch.parent == 0) return {};
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);            // becoming a user forgets it
    if (::getppid() != launch.parent) ::_exit(1);  // too late: it has ended already
    return {};
}

/// Whether a table of /proc/net (tcp, tcp6, udp, udp6) has a local port, for TCP in state LISTEN.
bool has_port(std::string const& table, std::uint16_t port, bool listening) {
    constexpr std::string_view listen_state = "0A";
    auto const text = read_file(table);
    if (!text) return false;
    for (auto const line : split(*text, '\n')) {
        auto const words = split_words(line);
        if (words.size() < 4 || words[0] == "sl") continue;
        auto const colon = words[1].rfind(':');
        if (parse_number<std::uint16_t>(words[1].substr(colon + 1), 16) != port) continue;
        if (!listening || words[3] == listen_state) return true;
    }
    return false;
}

bool has_port(std::int32_t pid, std::string const& protocol, std::string const& port) {
    auto const number = parse_number<std::uint16_t>(port, 10);
    std::string const net = "/proc/" + std::to_string(pid) + "/net/" + protocol;
    return number &&
           (has_port(net, *number, protocol == "tcp") || has_port(net + "6", *number, protocol == "tcp"));
}

std::string seen_by(std::int32_t pid, std::string const& path) {
    return "/proc/" + std::to_string(pid) + "/root" + path;
}

bool exists(std::int32_t pid, std::string const& path) {
    struct stat facts;
    return ::stat(seen_by(pid, path).c_str(), &facts) == 0;
}

/// Whether somebody is behind a socket: the file alone may be what an earlier one has left.
bool listens(std::int32_t pid, std::string const& path) {
    auto const seen = seen_by(pid, path);
    sockaddr_un address{.sun_family = AF_UNIX};
    if (seen.size() >= sizeof address.sun_path) return exists(pid, path);
    seen.copy(address.sun_path, seen.size());
    Fd const fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (::connect(fd.get(), reinterpret_cast<sockaddr const*>(&address), sizeof address) == 0) return true;
    return errno == EPROTOTYPE || errno == EAGAIN;  // it is one for datagrams, or busy
}

/// In a child process: whether the service answers, as an exit status.
int answer_in_node(Service const& service) {
    Launch launch{.argv = {"/bin/sh", "-c", service.ready_what},
                  .env = service.env,
                  .dir = service.dir,
                  .netns = service.netns,
                  .binds = service.binds};
    if (service.ready_by == ReadyBy::http) return settle(launch) && is_served(service.ready_what) ? 0 : 1;
    (void)become_in_node(launch);
    return 127;
}

bool answers(Service const& service) {
    pid_t const child = ::fork();
    if (child == 0) {
        int const null = ::open("/dev/null", O_RDWR);
        for (int const fd : {0, 1, 2}) ::dup2(null, fd);
        ::_exit(answer_in_node(service));
    }
    int status = 1;
    while (child > 0 && ::waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    return status == 0;
}

/// Whether a program is where execvp(3) looks for it.
bool is_there(std::string const& program) {
    if (program.find('/') != std::string::npos) return ::access(program.c_str(), F_OK) == 0;
    char const* const path = std::getenv("PATH");
    for (auto const folder : split(path ? path : "/bin:/usr/bin", ':'))
        if (::access((std::string(folder) + "/" + program).c_str(), F_OK) == 0) return true;
    return false;
}

}  // namespace

Error become_in_node(Launch const& launch) {
    if (auto settled = settle(launch); !settled) return settled.error();
    std::vector<char*> words;
    for (auto const& word : launch.argv) words.push_back(const_cast<char*>(word.c_str()));
    words.push_back(nullptr);
    ::execvp(words[0], words.data());
    // Of a folder of PATH that is closed to us execvp tells as if the program were there.
    int const code = errno;
    bool const lacks = code == EACCES && !is_there(launch.argv[0]);
    return lookup_error(lacks ? ENOENT : code, "run \"" + launch.argv[0] + "\"");
}

Result<std::int32_t> start(Service const& service, Parent whose) {
    Fd const log = TRY(open_file(service.log, O_WRONLY | O_CREAT | O_APPEND));
    bool const own = whose == Parent::this_process;
    pid_t const parent = own ? ::getpid() : ::getppid();
    auto const child =
        own ? ::fork() : static_cast<pid_t>(::syscall(SYS_clone, CLONE_PARENT | SIGCHLD, 0, 0, 0, 0));
    if (child < 0) return system_error("start service " + service.full_name());
    if (child > 0) return child;
    ::setsid();
    sigset_t none;
    ::sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    int const null = ::open("/dev/null", O_RDONLY);
    ::dup2(null, 0);
    ::dup2(log.get(), 1);
    ::dup2(log.get(), 2);
    auto const error = become_in_node({.argv = service.argv,
                                       .env = service.env,
                                       .dir = service.dir,
                                       .user = service.user,
                                       .netns = service.outside ? "" : service.netns,
                                       .binds = service.binds,
                                       .groups = service.groups,
                                       .open_files = service.open_files,
                                       .parent = parent});
    (void)write_all(2, "vethwork: " + error.describe() + "\n");
    ::_exit(127);
}

bool is_ready(Service const& service, std::int32_t pid) {
    switch (service.ready_by) {
        case ReadyBy::start:
            return true;
        case ReadyBy::tcp:
            return has_port(pid, "tcp", service.ready_what);
        case ReadyBy::udp:
            return has_port(pid, "udp", service.ready_what);
        case ReadyBy::unix_path:
            return listens(pid, service.ready_what);
        case ReadyBy::file:
            return exists(pid, service.ready_what);
        case ReadyBy::log: {
            auto const log = read_file(service.log);
            return log && log->find(service.ready_what) != std::string::npos;
        }
        case ReadyBy::exec:
        case ReadyBy::http:
            return answers(service);
    }
    return false;
}

}  // namespace vethwork::lab
