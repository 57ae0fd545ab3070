#include "support/sandbox.hpp"

#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <string>

#include <vethwork/base/fd.hpp>

namespace vethwork::test {

namespace {

Result<> map_to_root(uid_t uid, gid_t gid) {
    (void)write_file("/proc/self/setgroups", "deny");
    if (auto r = write_file("/proc/self/uid_map", "0 " + std::to_string(uid) + " 1"); !r) return r;
    return write_file("/proc/self/gid_map", "0 " + std::to_string(gid) + " 1");
}

Result<> mount_at(char const* type, char const* target, unsigned long flags, char const* data = nullptr) {
    if (::mount(type, target, type, flags, data) != 0)
        return system_error("mount " + std::string(type) + " at " + target);
    return {};
}

}  // namespace

Result<> enter_sandbox() {
    uid_t const uid = ::geteuid();
    gid_t const gid = ::getegid();
    if (::unshare(CLONE_NEWUSER | CLONE_NEWNET | CLONE_NEWNS | CLONE_NEWUTS) != 0)
        return system_error("unshare user, network and mount namespaces",
                            "user namespaces may be switched off (sysctl user.max_user_namespaces)");
    if (auto r = map_to_root(uid, gid); !r) return r;
    if (::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0)
        return system_error("make mounts private");
    if (auto r = mount_at("tmpfs", "/run", 0, "mode=755"); !r) return r;
    if (::mkdir("/run/netns", 0755) != 0) return system_error("make /run/netns");
    if (!mount_at("sysfs", "/sys", 0))
        if (auto r = mount_at("sysfs", "/sys", MS_RDONLY); !r) return r;
    return {};
}

Result<> new_network_namespace() {
    if (::unshare(CLONE_NEWNET) != 0) return system_error("unshare a network namespace");
    return {};
}

}  // namespace vethwork::test
