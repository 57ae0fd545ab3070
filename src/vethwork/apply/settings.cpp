#include <vethwork/apply/settings.hpp>

#include <fcntl.h>
#include <linux/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

#include <vethwork/base/fd.hpp>
#include <vethwork/base/text.hpp>
#include <vethwork/netlink/nftables.hpp>
#include <vethwork/topology/sysctl.hpp>

namespace vethwork::apply {

namespace {

/// Below /proc.
std::string sysctl_path(std::string const& name) { return "sys/" + topology::path_of_sysctl(name); }

constexpr char const* usual_proc = "/proc/";

/// Writes the setting that `file` is.
Result<> write_sysctl(Fd const& file, std::string const& name, std::string_view value) {
    if (!file.is_open() && errno == ENOENT)
        return lookup_error("set " + name + ": this kernel has no such sysctl in a network namespace");
    if (!file.is_open()) return system_error("set " + name);
    auto const written = write_all(file.get(), value);
    if (!written) return system_error(written.error().code, "set " + name + " = " + std::string(value));
    return {};
}

/// A mount of /proc that has no place in the tree of files. Source: fsopen(2), fsmount(2).
Fd mount_proc() {
    Fd const making(static_cast<int>(::syscall(SYS_fsopen, "proc", FSOPEN_CLOEXEC)));
    if (!making.is_open()) return {};
    if (::syscall(SYS_fsconfig, making.get(), FSCONFIG_CMD_CREATE, nullptr, nullptr, 0) != 0) return {};
    return Fd(static_cast<int>(::syscall(SYS_fsmount, making.get(), FSMOUNT_CLOEXEC, 0)));
}

}  // namespace

Result<> set_sysctl(std::string const& name, std::string_view value) {
    Fd const file(::open((usual_proc + sysctl_path(name)).c_str(), O_WRONLY | O_CLOEXEC));
    return write_sysctl(file, name, value);
}

void Sysctls::renew() {
    constexpr int few = 16;   // are not worth a mount
    constexpr int many = 96;  // measured: between 64 and 128 it makes no difference
    if (uses_++ < few || (proc_.is_open() && uses_ % many != 0)) return;
    if (proc_.is_open() || uses_ == few + 1) proc_ = mount_proc();
}

Result<> Sysctls::set(std::string const& name, std::string_view value) {
    renew();
    if (!proc_.is_open()) return set_sysctl(name, value);
    Fd const file(::openat(proc_.get(), sysctl_path(name).c_str(), O_WRONLY | O_CLOEXEC));
    return write_sysctl(file, name, value);
}

Result<std::string> get_sysctl(std::string const& name) {
    auto const text = read_file(usual_proc + sysctl_path(name));
    if (!text) return system_error(text.error().code, "read " + name);
    return std::string(trim(*text));
}

Result<> load_ruleset(std::string const& text) {
    (void)TRY(netlink::run_nft(text, netlink::NftOutput::plain));
    return {};
}

Result<std::string> list_rules() { return netlink::run_nft("list ruleset", netlink::NftOutput::stateless); }

Result<std::string> list_ruleset() { return netlink::run_nft("list ruleset", netlink::NftOutput::plain); }

}  // namespace vethwork::apply
