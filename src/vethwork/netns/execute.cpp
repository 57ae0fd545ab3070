#include <vethwork/netns/execute.hpp>

#include <dirent.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/statvfs.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <memory>
#include <string_view>

#include <vethwork/netns/name.hpp>

namespace vethwork::netns {

namespace {

constexpr char const* etc_dir = "/etc/netns";

Result<> enter_named(std::string const& name) {
    auto const netns = TRY(open_named(name));
    if (auto const entered = enter(netns); !entered)
        return lookup_error(entered.error().code, "setting the network namespace \"" + name + "\" failed");
    return {};
}

/// A mount namespace whose mounts do not reach the outside.
Result<> leave_mounts() {
    if (::unshare(CLONE_NEWNS) != 0) return lookup_error(errno, "unshare failed");
    if (::mount("", "/", "none", MS_SLAVE | MS_REC, nullptr) != 0)
        return lookup_error(errno, "\"mount --make-rslave /\" failed");
    return {};
}

/// A /sys of the network namespace. Where the old one cannot be unmounted the new one covers it; over a
/// read-only one only a read-only one may lie.
Result<> mount_sys(std::string const& name) {
    unsigned long flags = 0;
    struct statvfs facts {};
    if (::umount2("/sys", MNT_DETACH) != 0 && ::statvfs("/sys", &facts) == 0 && (facts.f_flag & ST_RDONLY))
        flags = MS_RDONLY;
    if (::mount(name.c_str(), "/sys", "sysfs", flags, nullptr) != 0)
        return lookup_error(errno, "mount of /sys failed");
    return {};
}

Warnings bind_etc(std::string const& name) {
    Warnings warnings;
    std::string const folder_path = std::string(etc_dir) + "/" + name;
    std::unique_ptr<DIR, int (*)(DIR*)> const folder(::opendir(folder_path.c_str()), ::closedir);
    if (!folder) return warnings;
    while (auto const* const entry = ::readdir(folder.get())) {
        std::string_view const file = entry->d_name;
        if (file == "." || file == "..") continue;
        std::string const from = folder_path + "/" + entry->d_name;
        std::string const to = std::string("/etc/") + entry->d_name;
        if (::mount(from.c_str(), to.c_str(), "none", MS_BIND, nullptr) != 0)
            warnings.push_back(lookup_error(errno, "Bind " + from + " -> " + to + " failed"));
    }
    return warnings;
}

/// The life of the child.
[[noreturn]] void live_in(std::string const& name, std::span<std::string const> words,
                          void (*complain)(Error const&)) {
    auto const settled = settle_in(name);
    if (!settled) {
        complain(settled.error());
        ::_exit(255);
    }
    for (auto const& warning : *settled) complain(warning);
    complain(become(words));
    ::_exit(1);
}

}  // namespace

Result<Warnings> settle_in(std::string const& name) {
    TRY(enter_named(name));
    TRY(leave_mounts());
    TRY(mount_sys(name));
    return bind_etc(name);
}

Error become(std::span<std::string const> words) {
    std::vector<char*> arguments;
    for (auto const& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);
    ::execvp(arguments[0], arguments.data());
    return lookup_error(errno, "exec of \"" + words.front() + "\" failed");
}

Result<int> run_in(std::string const& name, std::span<std::string const> words,
                   void (*complain)(Error const&)) {
    pid_t const child = ::fork();
    if (child < 0) return lookup_error(errno, "fork");
    if (child == 0) live_in(name, words, complain);
    int status = 0;
    while (::waitpid(child, &status, 0) < 0)
        if (errno != EINTR) return lookup_error(errno, "waitpid");
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

}  // namespace vethwork::netns
