#include <vethwork/apply/offload.hpp>

#include <linux/ethtool.h>
#include <linux/if.h>
#include <linux/sockios.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <vethwork/base/fd.hpp>

namespace vethwork::apply {

namespace {

Result<std::uint32_t> ask(std::string const& link, std::uint32_t command, std::uint32_t value) {
    Fd const socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    if (!socket.is_open()) return system_error("open a socket");
    ethtool_value data{.cmd = command, .data = value};
    ifreq request{};
    link.copy(request.ifr_name, IFNAMSIZ - 1);
    request.ifr_data = reinterpret_cast<char*>(&data);
    if (::ioctl(socket.get(), SIOCETHTOOL, &request) != 0)
        return system_error("ask for the offload of \"" + link + "\"");
    return data.data;
}

}  // namespace

Result<> set_offload(std::string const& link, bool on) {
    for (std::uint32_t const command : {ETHTOOL_STXCSUM, ETHTOOL_STSO, ETHTOOL_SGSO, ETHTOOL_SGRO})
        (void)TRY(ask(link, command, on ? 1 : 0));
    return {};
}

Result<bool> get_offload(std::string const& link) { return TRY(ask(link, ETHTOOL_GTXCSUM, 0)) != 0; }

}  // namespace vethwork::apply
