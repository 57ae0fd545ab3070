#include <vethwork/observe/tuntap.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <array>

#include <vethwork/base/fd.hpp>
#include <vethwork/base/text.hpp>
#include <vethwork/observe/links.hpp>

namespace vethwork::observe {

namespace {

std::optional<std::int64_t> property(std::string const& device, std::string const& name) {
    auto const fd = open_file("/sys/class/net/" + device + "/" + name, O_RDONLY);
    if (!fd) return {};
    std::array<char, 32> text{};
    auto const size = ::read(fd->get(), text.data(), text.size());
    if (size <= 0) return {};
    return parse_number<std::int64_t>(trim({text.data(), static_cast<std::size_t>(size)}));
}

std::optional<std::uint32_t> person(std::int64_t number) {
    if (number < 0) return {};
    return static_cast<std::uint32_t>(number);
}

}  // namespace

Result<std::vector<TunTapDevice>> tuntap_devices(netlink::Connection& connection) {
    std::vector<TunTapDevice> devices;
    for (auto const& link :
         TRY(links(connection, {.master = {}, .kind = "tun", .statistics = false})).links) {
        auto const flags = property(link.name, "tun_flags");
        auto const owner = property(link.name, "owner"), group = property(link.name, "group");
        if (link.kind_name != "tun" || !flags || !owner || !group) continue;
        devices.push_back({link.name, static_cast<std::uint32_t>(*flags), person(*owner), person(*group)});
    }
    return devices;
}

}  // namespace vethwork::observe
