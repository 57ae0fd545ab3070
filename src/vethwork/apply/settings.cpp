#include <vethwork/apply/settings.hpp>

#include <fcntl.h>

#include <cerrno>

#include <vethwork/base/fd.hpp>
#include <vethwork/base/text.hpp>
#include <vethwork/netlink/nftables.hpp>

namespace vethwork::apply {

namespace {

/// "net.ipv4.conf.eth0/1.forwarding" lies at net/ipv4/conf/eth0.1/forwarding.
std::string sysctl_path(std::string name) {
    bool const has_slash = name.find('/') != std::string::npos;
    for (char& c : name) {
        if (c == '.')
            c = '/';
        else if (c == '/' && has_slash)
            c = '.';
    }
    return "/proc/sys/" + name;
}

}  // namespace

Result<> set_sysctl(std::string const& name, std::string_view value) {
    auto const path = sysctl_path(name);
    auto const file = open_file(path, O_WRONLY);
    if (!file && file.error().code == ENOENT)
        return lookup_error("set " + name + ": this kernel has no such sysctl in a network namespace");
    if (!file) return system_error(file.error().code, "set " + name);
    auto const written = write_all(file->get(), value);
    if (!written) return system_error(written.error().code, "set " + name + " = " + std::string(value));
    return {};
}

Result<std::string> get_sysctl(std::string const& name) {
    auto const text = read_file(sysctl_path(name));
    if (!text) return system_error(text.error().code, "read " + name);
    return std::string(trim(*text));
}

Result<> load_ruleset(std::string const& text) {
    (void)TRY(netlink::run_nft(text, netlink::NftOutput::plain));
    return {};
}

Result<std::string> list_ruleset() { return netlink::run_nft("list ruleset", netlink::NftOutput::plain); }

}  // namespace vethwork::apply
