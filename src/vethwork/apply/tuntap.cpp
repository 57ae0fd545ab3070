#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <sys/ioctl.h>

#include <cerrno>

#include <vethwork/apply/namespace.hpp>
#include <vethwork/base/fd.hpp>

namespace vethwork::apply {

namespace {

constexpr char const* device_file = "/dev/net/tun";

/// The call that failed by its name, and why.
Error failed(std::string call) {
    auto error = lookup_error(std::move(call));
    error.code = errno;
    return error;
}

Result<Fd> open_device(plan::TunTap const& device, unsigned more_flags) {
    Fd fd(::open(device_file, O_RDWR | O_CLOEXEC));
    if (fd.get() < 0) return failed("open");
    ifreq request{};
    device.name.copy(request.ifr_name, IFNAMSIZ - 1);
    request.ifr_flags = static_cast<short>(device.flags | more_flags);
    if (::ioctl(fd.get(), TUNSETIFF, &request) != 0) return failed("ioctl(TUNSETIFF)");
    return fd;
}

Result<> set(Fd const& fd, unsigned long request, unsigned long value, std::string name) {
    if (::ioctl(fd.get(), request, value) != 0) return failed("ioctl(" + name + ")");
    return {};
}

}  // namespace

Result<> carry_out(plan::AddTunTap const& operation) {
    auto const fd = TRY(open_device(operation.device, IFF_TUN_EXCL));
    auto const& device = operation.device;
    if (device.owner) TRY(set(fd, TUNSETOWNER, *device.owner, "TUNSETOWNER"));
    if (device.group) TRY(set(fd, TUNSETGROUP, *device.group, "TUNSETGROUP"));
    return set(fd, TUNSETPERSIST, 1, "TUNSETPERSIST");
}

Result<> carry_out(plan::DeleteTunTap const& operation) {
    auto const fd = TRY(open_device(operation.device, 0));
    return set(fd, TUNSETPERSIST, 0, "TUNSETPERSIST");
}

}  // namespace vethwork::apply
