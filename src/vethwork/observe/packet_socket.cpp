#include <vethwork/observe/packet_socket.hpp>

#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <ctime>

#include <fmt/format.h>

namespace vethwork::observe {

namespace {

constexpr std::size_t batch = 32;
constexpr unsigned raw_ip_device = 519;  // ARPHRD_RAWIP of linux/if_arp.h
constexpr int receive_buffer = 16 << 20;
constexpr std::uint32_t longest_packet = 262144;
constexpr std::size_t cooked_header = 20;
constexpr std::size_t tag_size = 4;

Error no_permission(Error error) {
    if (error.code == EPERM || error.code == EACCES)
        error.hint = "capturing needs CAP_NET_RAW: be root, or work inside `unshare -Urn`";
    return error;
}

Error no_device(std::string const& name) {
    return lookup_error(fmt::format("no device \"{}\" in this network namespace", name),
                        "`-D` lists the devices");
}

/// What SOCK_RAW delivers from a device of this hardware type (ARPHRD_*): 0 where only cooked frames make
/// sense.
Result<LinkType> device_link_type(int fd, std::string const& device) {
    ifreq request{};
    device.copy(request.ifr_name, IFNAMSIZ - 1);
    if (::ioctl(fd, SIOCGIFHWADDR, &request) != 0)
        return system_error(fmt::format("ask for the type of {}", device));
    switch (request.ifr_hwaddr.sa_family) {
        case ARPHRD_ETHER:
        case ARPHRD_LOOPBACK:
            return LinkType::ethernet;
        case ARPHRD_NONE:
        case raw_ip_device:
        case ARPHRD_TUNNEL:
        case ARPHRD_TUNNEL6:
        case ARPHRD_SIT:
            return LinkType::raw;
        default:
            return LinkType::linux_sll2;
    }
}

template <class T>
Result<> set_option(int fd, int level, int name, T const& value, std::string_view what) {
    if (::setsockopt(fd, level, name, &value, sizeof(value)) != 0) return system_error(std::string(what));
    return {};
}

/// As much as the kernel gives: beyond net.core.rmem_max only with CAP_NET_ADMIN in the first user namespace.
void enlarge_buffer(int fd) {
    if (::setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &receive_buffer, sizeof(receive_buffer)) != 0)
        (void)::setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof(receive_buffer));
}

Result<> bind_to(int fd, int index, std::string const& device) {
    sockaddr_ll address{};
    address.sll_family = AF_PACKET;
    address.sll_protocol = htons(ETH_P_ALL);
    address.sll_ifindex = index;
    if (::bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof(address)) != 0)
        return system_error(fmt::format("capture on {}", device));
    int error = 0;
    socklen_t size = sizeof(error);
    if (::getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) == 0 && error == ENETDOWN)
        return system_error(error, fmt::format("capture on {}", device),
                            fmt::format("`ip link set {} up`", device));
    return {};
}

Result<> attach(int fd, std::span<sock_filter const> program) {
    sock_fprog const filter{static_cast<unsigned short>(program.size()),
                            const_cast<sock_filter*>(program.data())};
    return set_option(fd, SOL_SOCKET, SO_ATTACH_FILTER, filter, "attach a filter");
}

/// The kernel sees cooked frames without their header, and frames without their VLAN tag: there an expression
/// cannot run in the kernel.
bool must_filter_here(LinkType link, std::string const& expression) {
    return link == LinkType::linux_sll2 || expression.find("vlan") != std::string::npos;
}

}  // namespace

PacketSocket::PacketSocket(Fd fd, LinkType link, CaptureOptions const& options)
    : fd_(std::move(fd)),
      link_(link),
      snapshot_length_(options.snapshot_length),
      device_(options.device),
      memory_(std::make_unique_for_overwrite<std::uint8_t[]>(batch * options.snapshot_length)) {}

Result<PacketSocket> PacketSocket::open(CaptureOptions const& options) {
    if (options.snapshot_length == 0 || options.snapshot_length > longest_packet)
        return usage_error(
            fmt::format("a snapshot length of {}: from 1 to {}", options.snapshot_length, longest_packet));
    bool const any = options.device == "any";
    int const index = any ? 0 : static_cast<int>(::if_nametoindex(options.device.c_str()));
    if (!any && index == 0) return no_device(options.device);
    LinkType link = LinkType::linux_sll2;
    if (!any) {
        Fd const asking(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
        link = TRY(device_link_type(asking.get(), options.device));
    }
    int const type = link == LinkType::linux_sll2 ? SOCK_DGRAM : SOCK_RAW;
    // Without a protocol the socket receives nothing until it is bound: no packet gets past the filter.
    Fd fd(::socket(AF_PACKET, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!fd.is_open()) return no_permission(system_error(fmt::format("capture on {}", options.device)));
    PacketSocket capture(std::move(fd), link, options);
    TRY(capture.start(index, options));
    return capture;
}

Result<> PacketSocket::start(int index, CaptureOptions const& options) {
    index_ = index;
    TRY(set_option(fd(), SOL_SOCKET, SO_TIMESTAMPNS, 1, "ask for time stamps"));
    TRY(set_option(fd(), SOL_PACKET, PACKET_AUXDATA, 1, "ask for VLAN tags"));
    enlarge_buffer(fd());
    if (!options.expression.empty()) {
        filter_ = TRY(Filter::compile(options.expression, link_, snapshot_length_));
        filter_here_ = must_filter_here(link_, options.expression);
        if (!filter_here_) TRY(attach(fd(), filter_.program()));
    }
    TRY(bind_to(fd(), index, device_));
    if (index != 0 && options.promiscuity == Promiscuity::on) {
        packet_mreq const membership{
            .mr_ifindex = index, .mr_type = PACKET_MR_PROMISC, .mr_alen = 0, .mr_address = {}};
        TRY(set_option(fd(), SOL_PACKET, PACKET_ADD_MEMBERSHIP, membership, "make the device promiscuous"));
    }
    return {};
}

Result<Wake> PacketSocket::wait(int stop_fd, int timeout_ms) const {
    std::array<pollfd, 2> fds{pollfd{fd(), POLLIN, 0}, pollfd{stop_fd, POLLIN, 0}};
    int const ready = ::poll(fds.data(), fds.size(), timeout_ms);
    if (ready < 0 && errno != EINTR) return system_error("wait for packets");
    if (ready <= 0) return Wake::timeout;
    return (fds[1].revents & POLLIN) != 0 ? Wake::stop : Wake::packets;
}

namespace {

/// What comes beside the bytes of one packet.
struct Received {
    std::int64_t time = 0;
    std::size_t length = 0;  ///< before a filter cut the packet to the snapshot length
    std::optional<VlanTag> tag;
};

Received read_control(msghdr& message) {
    Received received;
    for (cmsghdr* at = CMSG_FIRSTHDR(&message); at != nullptr; at = CMSG_NXTHDR(&message, at)) {
        if (at->cmsg_level == SOL_SOCKET && at->cmsg_type == SO_TIMESTAMPNS) {
            timespec time{};
            std::memcpy(&time, CMSG_DATA(at), sizeof(time));
            received.time = static_cast<std::int64_t>(time.tv_sec) * 1'000'000'000 + time.tv_nsec;
        }
        if (at->cmsg_level == SOL_PACKET && at->cmsg_type == PACKET_AUXDATA) {
            tpacket_auxdata data{};
            std::memcpy(&data, CMSG_DATA(at), sizeof(data));
            received.length = data.tp_len;
            if ((data.tp_status & TP_STATUS_VLAN_VALID) == 0) continue;
            bool const known = (data.tp_status & TP_STATUS_VLAN_TPID_VALID) != 0;
            received.tag = VlanTag{known ? data.tp_vlan_tpid : ethertype::vlan, data.tp_vlan_tci};
        }
    }
    return received;
}

void put_back_tag(std::vector<std::uint8_t>& frame, VlanTag const& tag) {
    ByteWriter out;
    out.u16(tag.protocol);
    out.u16(tag.control);
    if (frame.size() >= 12) frame.insert(frame.begin() + 12, out.bytes().begin(), out.bytes().end());
}

/// LINKTYPE_LINUX_SLL2
std::vector<std::uint8_t> cooked_bytes(sockaddr_ll const& from, Bytes packet) {
    ByteWriter out;
    out.u16(ntohs(from.sll_protocol));
    out.u16(0);
    out.u32(static_cast<std::uint32_t>(from.sll_ifindex));
    out.u16(from.sll_hatype);
    out.u8(from.sll_pkttype);
    out.u8(from.sll_halen);
    out.raw(Bytes(from.sll_addr, 8));
    out.raw(packet);
    return std::move(out).take();
}

Frame make_frame(LinkType link, sockaddr_ll const& from, Received const& received, Bytes bytes) {
    Frame frame{.time = received.time, .link = link, .length = static_cast<std::uint32_t>(received.length)};
    frame.interface = static_cast<std::uint32_t>(from.sll_ifindex);
    if (link == LinkType::linux_sll2) {
        frame.bytes = cooked_bytes(from, bytes);
        frame.length += cooked_header;
        return frame;
    }
    frame.bytes.assign(bytes.begin(), bytes.end());
    if (link == LinkType::ethernet && received.tag) {
        put_back_tag(frame.bytes, *received.tag);
        frame.length += tag_size;
    }
    return frame;
}

/// The memory that one recvmmsg(2) fills.
struct Batch {
    Batch(std::uint8_t* memory, std::size_t size) {
        for (std::size_t i = 0; i < batch; ++i) {
            parts[i] = {memory + i * size, size};
            msghdr& header = messages[i].msg_hdr;
            header = {};
            header.msg_name = &from[i];
            header.msg_namelen = sizeof(sockaddr_ll);
            header.msg_iov = &parts[i];
            header.msg_iovlen = 1;
            header.msg_control = control[i].data();
            header.msg_controllen = control[i].size();
        }
    }
    std::array<mmsghdr, batch> messages{};
    std::array<iovec, batch> parts{};
    std::array<sockaddr_ll, batch> from{};
    alignas(cmsghdr) std::array<std::array<std::uint8_t, 128>, batch> control{};
};

/// A packet over lo is seen when it leaves and when it arrives; the second time is enough.
bool is_loopback_echo(sockaddr_ll const& from) {
    return from.sll_hatype == ARPHRD_LOOPBACK && from.sll_pkttype == PACKET_OUTGOING;
}

}  // namespace

bool PacketSocket::accept(Frame& frame) {
    if (frame.bytes.size() > snapshot_length_) frame.bytes.resize(snapshot_length_);
    if (!filter_here_ || filter_.matches(frame)) return true;
    ++rejected_;
    return false;
}

/// A device that goes down may come up again; one that is gone ends the capture.
Result<> PacketSocket::report_down() const {
    std::array<char, IF_NAMESIZE> name{};
    if (index_ == 0 || ::if_indextoname(static_cast<unsigned>(index_), name.data()) != nullptr) return {};
    return lookup_error(fmt::format("the device \"{}\" is gone", device_));
}

Result<std::vector<Frame>> PacketSocket::read() {
    Batch received(memory_.get(), snapshot_length_);
    int const count = ::recvmmsg(fd(), received.messages.data(), batch, MSG_DONTWAIT | MSG_TRUNC, nullptr);
    std::vector<Frame> frames;
    if (count < 0 && errno == ENETDOWN) {
        TRY(report_down());
        return frames;
    }
    if (count < 0 && errno != EAGAIN && errno != EINTR)
        return system_error(fmt::format("capture on {}", device_));
    for (int i = 0; i < count; ++i) {
        auto const at = static_cast<std::size_t>(i);
        mmsghdr& message = received.messages[at];
        if (is_loopback_echo(received.from[at])) {
            ++rejected_;
            continue;
        }
        std::size_t const size = std::min<std::size_t>(message.msg_len, received.parts[at].iov_len);
        Bytes const bytes(static_cast<std::uint8_t const*>(received.parts[at].iov_base), size);
        Frame frame = make_frame(link_, received.from[at], read_control(message.msg_hdr), bytes);
        if (accept(frame)) frames.push_back(std::move(frame));
    }
    return frames;
}

Result<CaptureCounts> PacketSocket::counts() {
    tpacket_stats statistics{};
    socklen_t size = sizeof(statistics);
    if (::getsockopt(fd(), SOL_PACKET, PACKET_STATISTICS, &statistics, &size) != 0)
        return system_error("ask for the counts of a capture");
    counts_.received += statistics.tp_packets;  // the kernel starts from zero after each question
    counts_.dropped += statistics.tp_drops;
    return CaptureCounts{counts_.received - std::min(rejected_, counts_.received), counts_.dropped};
}

Result<std::vector<CaptureDevice>> capture_devices() {
    struct if_nameindex* const list = ::if_nameindex();
    if (list == nullptr) return system_error("list the devices");
    Fd const asking(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    std::vector<CaptureDevice> devices;
    for (auto const* at = list; at->if_index != 0; ++at) {
        ifreq request{};
        std::strncpy(request.ifr_name, at->if_name, IFNAMSIZ - 1);
        unsigned const flags = ::ioctl(asking.get(), SIOCGIFFLAGS, &request) == 0
                                   ? static_cast<unsigned short>(request.ifr_flags)
                                   : 0u;
        devices.push_back({static_cast<int>(at->if_index), at->if_name, (flags & IFF_UP) != 0,
                           (flags & IFF_RUNNING) != 0, (flags & IFF_LOOPBACK) != 0});
    }
    ::if_freenameindex(list);
    return devices;
}

}  // namespace vethwork::observe
