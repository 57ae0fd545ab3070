#include <vethwork/netns/create.hpp>

#include <fcntl.h>
#include <sched.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

#include <vethwork/base/fd.hpp>
#include <vethwork/netns/name.hpp>

namespace vethwork::netns {

namespace {

constexpr char const* own_namespace = "/proc/thread-self/ns/net";

Result<> make_folder() {
    constexpr mode_t mode = S_IRWXU | S_IRGRP | S_IXGRP | S_IROTH | S_IXOTH;
    if (::mkdir(run_dir, mode) != 0 && errno != EEXIST)
        return lookup_error(errno, std::string("mkdir ") + run_dir + " failed");
    return {};
}

bool share_mount() { return ::mount("", run_dir, "none", MS_SHARED | MS_REC, nullptr) == 0; }

/// Needs the lock: two that bind the folder on itself at once would stack mounts without end.
Result<> make_shared_mount() {
    if (share_mount()) return {};
    if (errno == EINVAL) {  // not a mount point yet
        if (::mount(run_dir, run_dir, "none", MS_BIND | MS_REC, nullptr) != 0)
            return lookup_error(errno, std::string("mount --bind ") + run_dir + " " + run_dir + " failed");
        if (share_mount()) return {};
    }
    return lookup_error(errno, std::string("mount --make-shared ") + run_dir + " failed");
}

/// The empty file that the namespace is mounted on. Only one of many that try gets it.
Result<> make_mount_point(std::string const& path) {
    auto const file = open_file(path, O_RDONLY | O_CREAT | O_EXCL, 0);
    if (!file) return lookup_error(file.error().code, "Cannot create namespace file \"" + path + "\"");
    return {};
}

Result<> bind_namespace(std::string const& from, std::string const& path) {
    if (::mount(from.c_str(), path.c_str(), "none", MS_BIND, nullptr) == 0) return {};
    auto error = lookup_error(errno, "Bind " + from + " -> " + path + " failed");
    (void)::unlink(path.c_str());
    return error;
}

/// Binds a new network namespace; the thread is in it for a moment.
Result<> bind_new_namespace(std::string const& name) {
    std::string const path = path_of(name);
    auto const home = open_file(own_namespace, O_RDONLY);
    if (!home) return lookup_error(home.error().code, "Cannot open init namespace");
    if (::unshare(CLONE_NEWNET) != 0) {
        auto error = lookup_error(errno, "Failed to create a new network namespace \"" + name + "\"");
        (void)::unlink(path.c_str());
        return error;
    }
    auto bound = bind_namespace(own_namespace, path);
    if (::setns(home->get(), CLONE_NEWNET) != 0) return lookup_error(errno, "setns");
    return bound;
}

}  // namespace

Result<> prepare_run_dir() {
    TRY(make_folder());
    auto const folder = open_file(run_dir, O_RDONLY | O_DIRECTORY);
    if (!folder)
        return lookup_error(folder.error().code,
                            std::string("Cannot open netns runtime directory \"") + run_dir + "\"");
    (void)::flock(folder->get(), LOCK_EX);
    return make_shared_mount();
}

Result<> create(std::string const& name) {
    TRY(prepare_run_dir());
    TRY(make_mount_point(path_of(name)));
    return bind_new_namespace(name);
}

Result<> attach(std::string const& name, pid_t pid) {
    TRY(prepare_run_dir());
    std::string const path = path_of(name);
    TRY(make_mount_point(path));
    return bind_namespace("/proc/" + std::to_string(pid) + "/ns/net", path);
}

Result<> enter_new() {
    if (::unshare(CLONE_NEWNET) == 0) return {};
    return system_error("make a network namespace");
}

Result<> mount_handle(Fd const& handle, std::string const& path) {
    Fd const tree(static_cast<int>(
        ::syscall(SYS_open_tree, handle.get(), "", OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_EMPTY_PATH)));
    if (tree.is_open() &&
        ::syscall(SYS_move_mount, tree.get(), "", AT_FDCWD, path.c_str(), MOVE_MOUNT_F_EMPTY_PATH) == 0)
        return {};
    return system_error("pin the namespace at \"" + path + "\"");
}

Result<> remove(std::string const& name) {
    std::string const path = path_of(name);
    (void)::umount2(path.c_str(), MNT_DETACH);
    if (::unlink(path.c_str()) != 0)
        return lookup_error(errno, "Cannot remove namespace file \"" + path + "\"");
    return {};
}

}  // namespace vethwork::netns
