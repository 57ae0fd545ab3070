// The floor: the fewest system calls that build a lab of N nodes, settings of the nodes too, in the order the
// kernel likes best, and end it. Nothing is read, checked, planned or written down; every request is made of
// raw bytes here.
//
//     vethwork_floor star|chain|fattree NODES [ROUNDS]    as root of user, mount and network namespaces of
//     its own; of fat trees the largest with at most so many nodes
//     vethwork_floor exec PIN COMMAND...    fork, setns, execve, wait
//
// Prints a line a round: {"shape": "star", "nodes": 100, "up_ms": 41.2, "down_ms": 55.0}. "down" lasts until
// the kernel has taken the namespaces down, which it tells by removing a cable that led into the last of
// them.
#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/if_link.h>
#include <linux/mount.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <net/if.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;

[[noreturn]] void die(char const* what) {
    std::perror(what);
    std::exit(1);
}

/// Requests to one namespace, sent together; only the last is acknowledged, errors always are.
class Batch {
public:
    template <class Fixed>
    void begin(std::uint16_t type, std::uint16_t flags, Fixed const& fixed) {
        start_ = bytes_.size();
        nlmsghdr const header{0, type, static_cast<std::uint16_t>(NLM_F_REQUEST | flags), 0, 0};
        raw(header);
        raw(fixed);
    }
    void attribute(std::uint16_t type, void const* data, std::size_t size) {
        raw(nlattr{static_cast<std::uint16_t>(sizeof(nlattr) + size), type});
        put(data, size);
    }
    template <class Value>
    void value(std::uint16_t type, Value const& value) {
        attribute(type, &value, sizeof value);
    }
    void text(std::uint16_t type, std::string const& text) { attribute(type, text.c_str(), text.size() + 1); }
    [[nodiscard]] std::size_t open(int type) {
        std::size_t const token = bytes_.size();
        attribute(static_cast<std::uint16_t>(type | NLA_F_NESTED), nullptr, 0);
        return token;
    }
    template <class Fixed>
    void raw(Fixed const& fixed) {
        put(&fixed, sizeof fixed);
    }
    void close(std::size_t token) {
        auto const length = static_cast<std::uint16_t>(bytes_.size() - token);
        std::memcpy(&bytes_[token], &length, sizeof length);
    }
    void end() {
        auto const length = static_cast<std::uint32_t>(bytes_.size() - start_);
        std::memcpy(&bytes_[start_], &length, sizeof length);
    }
    [[nodiscard]] bool is_long() const { return bytes_.size() > 64 * 1024; }
    void send(int socket) {
        if (bytes_.empty()) return;
        auto const flags_at = start_ + offsetof(nlmsghdr, nlmsg_flags);
        std::uint16_t flags;
        std::memcpy(&flags, &bytes_[flags_at], sizeof flags);
        flags |= NLM_F_ACK;
        std::memcpy(&bytes_[flags_at], &flags, sizeof flags);
        if (::send(socket, bytes_.data(), bytes_.size(), 0) < 0) die("send");
        struct {
            nlmsghdr header;
            int code;
            char rest[2048];
        } answer;
        if (::recv(socket, &answer, sizeof answer, 0) < 0) die("recv");
        errno = -answer.code;
        if (answer.code != 0) die("the kernel refused");
        bytes_.clear();
    }

private:
    void put(void const* data, std::size_t size) {
        auto const* const from = static_cast<std::uint8_t const*>(data);
        bytes_.insert(bytes_.end(), from, from + size);
        bytes_.resize((bytes_.size() + 3) & ~std::size_t{3});
    }

    std::vector<std::uint8_t> bytes_;
    std::size_t start_ = 0;
};

struct Node {
    int netns = -1;
    int socket = -1;
    int links = 1;       ///< lo
    Batch cables, rest;  ///< what makes links, and what stands on them
};

class Lab {
public:
    /// The first `routers` nodes are routers: what is set before their links come is set here.
    explicit Lab(std::size_t count, std::size_t routers = 0) : nodes_(count), routers_(routers) {
        for (std::size_t i = 0; i < count; ++i) {
            if (::unshare(CLONE_NEWNET) != 0) die("unshare");
            pin(path_of(i));
            nodes_[i].netns = ::open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
            nodes_[i].socket = ::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
            int const space = 1 << 20;
            ::setsockopt(nodes_[i].socket, SOL_SOCKET, SO_SNDBUF, &space, sizeof space);
            up(nodes_[i], 1);
            if (i >= routers_) continue;
            set("ipv4/conf/default/rp_filter", '0');
            set("ipv6/conf/default/accept_dad", '0');
        }
    }

    /// A cable from `a` to `b`; both ends get addresses of `net`/`length`, unless a's end is a port of
    /// `master`.
    void cable(std::size_t a, std::size_t b, std::uint32_t net, std::uint32_t host_of_b, unsigned char length,
               int master) {
        Node& left = nodes_[a];
        Node& right = nodes_[b];
        int const a_index = ++left.links;
        int const b_index = ++right.links;
        Batch& batch = left.cables;
        batch.begin(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL,
                    ifinfomsg{AF_UNSPEC, 0, 0, a_index, IFF_UP, IFF_UP});
        batch.text(IFLA_IFNAME, "eth" + std::to_string(a_index - 2));
        if (master != 0) batch.value(IFLA_MASTER, master);
        auto const info = batch.open(IFLA_LINKINFO);
        batch.text(IFLA_INFO_KIND, "veth");
        auto const data = batch.open(IFLA_INFO_DATA);
        auto const peer = batch.open(VETH_INFO_PEER);
        batch.raw(ifinfomsg{AF_UNSPEC, 0, 0, b_index, 0, 0});
        batch.text(IFLA_IFNAME, "eth" + std::to_string(b_index - 2));
        batch.value(IFLA_NET_NS_FD, right.netns);
        batch.close(peer);
        batch.close(data);
        batch.close(info);
        batch.end();
        take_link_local(batch, a_index);
        take_link_local(right.rest, b_index);
        if (batch.is_long()) batch.send(left.socket);
        if (master == 0) address(left, a_index, net + 1, length);
        address(right, b_index, net + host_of_b, length);
        up(right, b_index);
    }
    void bridge(std::size_t node) {
        Batch& batch = nodes_[node].cables;
        batch.begin(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL,
                    ifinfomsg{AF_UNSPEC, 0, 0, ++nodes_[node].links, 0, 0});
        batch.text(IFLA_IFNAME, "br0");
        snoop(batch, 0);
        batch.end();
        take_link_local(batch, nodes_[node].links);
    }
    /// A bridge that listens to multicast groups looks at all ports for each that comes.
    void snoop(std::size_t node, int index) {
        Batch batch;
        batch.begin(RTM_NEWLINK, 0, ifinfomsg{AF_UNSPEC, 0, 0, index, 0, 0});
        snoop(batch, 1);
        batch.end();
        batch.send(nodes_[node].socket);
    }
    void up(std::size_t node, int index) { up(nodes_[node], index); }
    /// Hosts with several links do not forward, whatever the machine does.
    void forward_nothing() {
        for (Node& node : nodes_) {
            if (node.links < 3) continue;
            if (::setns(node.netns, CLONE_NEWNET) != 0) die("setns");
            set("ipv4/ip_forward", '0');
        }
    }
    /// Routers forward, and take what comes another way than answers go.
    void forward() {
        for (std::size_t i = 0; i < routers_; ++i) {
            if (::setns(nodes_[i].netns, CLONE_NEWNET) != 0) die("setns");
            set("ipv4/ip_forward", '1');
            set("ipv6/conf/all/forwarding", '1');
            set("ipv4/conf/all/rp_filter", '0');
        }
    }
    void default_route(std::size_t node, std::uint32_t via) {
        Batch& batch = nodes_[node].rest;
        batch.begin(RTM_NEWROUTE, NLM_F_CREATE | NLM_F_EXCL,
                    rtmsg{AF_INET, 0, 0, 0, RT_TABLE_MAIN, RTPROT_STATIC, RT_SCOPE_UNIVERSE, RTN_UNICAST, 0});
        batch.value(RTA_GATEWAY, htonl(via));
        batch.end();
    }
    void send() {
        for (Node& node : nodes_) node.cables.send(node.socket);
        for (Node& node : nodes_) node.rest.send(node.socket);
    }
    void down() {
        int const mark = mark_last();
        for (std::size_t i = 0; i < nodes_.size(); ++i) {
            ::umount2(path_of(i).c_str(), MNT_DETACH);
            ::unlink(path_of(i).c_str());
        }
        for (Node& node : nodes_) {
            ::close(node.socket);
            ::close(node.netns);
        }
        char buffer[8192];
        for (nlmsghdr header{}; header.nlmsg_type != RTM_DELLINK;) {
            if (::recv(mark, buffer, sizeof buffer, 0) < 0) die("recv");
            std::memcpy(&header, buffer, sizeof header);
        }
        ::close(mark);
    }

private:
    static std::string path_of(std::size_t i) { return "/run/netns/n" + std::to_string(i); }
    static void pin(std::string const& path) {
        ::close(::open(path.c_str(), O_RDONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0));
        if (::mount("/proc/thread-self/ns/net", path.c_str(), "none", MS_BIND, nullptr) != 0) die("pin");
    }
    /// A setting of the present namespace. Through one mount of /proc a look costs more with each namespace
    /// that was seen through it: so the mount is a new one now and then.
    void set(char const* name, char value) {
        constexpr int many = 96;
        if (settings_++ % many == 0) renew_proc();
        int const file = ::openat(proc_, (std::string("sys/net/") + name).c_str(), O_WRONLY | O_CLOEXEC);
        if (file < 0 || ::write(file, &value, 1) != 1) die(name);
        ::close(file);
    }
    void renew_proc() {
        if (proc_ >= 0) ::close(proc_);
        int const making = static_cast<int>(::syscall(SYS_fsopen, "proc", FSOPEN_CLOEXEC));
        if (::syscall(SYS_fsconfig, making, FSCONFIG_CMD_CREATE, nullptr, nullptr, 0) != 0) die("fsconfig");
        proc_ = static_cast<int>(::syscall(SYS_fsmount, making, FSMOUNT_CLOEXEC, 0));
        ::close(making);
    }
    static void snoop(Batch& batch, std::uint8_t on) {
        auto const info = batch.open(IFLA_LINKINFO);
        batch.text(IFLA_INFO_KIND, "bridge");
        auto const data = batch.open(IFLA_INFO_DATA);
        batch.value(IFLA_BR_MCAST_SNOOPING, on);
        batch.close(data);
        batch.close(info);
    }
    /// Without it a link announces itself to its whole segment, several times.
    static void take_link_local(Batch& batch, int index) {
        batch.begin(RTM_NEWLINK, 0, ifinfomsg{AF_UNSPEC, 0, 0, index, 0, 0});
        auto const families = batch.open(IFLA_AF_SPEC);
        auto const family = batch.open(AF_INET6);
        batch.value(IFLA_INET6_ADDR_GEN_MODE, static_cast<std::uint8_t>(IN6_ADDR_GEN_MODE_NONE));
        batch.close(family);
        batch.close(families);
        batch.end();
    }
    static void up(Node& node, int index) {
        node.rest.begin(RTM_NEWLINK, 0, ifinfomsg{AF_UNSPEC, 0, 0, index, IFF_UP, IFF_UP});
        node.rest.end();
    }
    static void address(Node& node, int index, std::uint32_t number, unsigned char length) {
        node.rest.begin(RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL,
                        ifaddrmsg{AF_INET, length, 0, RT_SCOPE_UNIVERSE, static_cast<std::uint32_t>(index)});
        node.rest.value(IFA_LOCAL, htonl(number));
        node.rest.value(IFA_ADDRESS, htonl(number));
        node.rest.end();
    }
    /// A cable from a namespace outside into the last one, and a socket that hears of its end.
    int mark_last() {
        if (::unshare(CLONE_NEWNET) != 0) die("unshare");
        int const socket = ::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
        Batch batch;
        batch.begin(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, ifinfomsg{});
        batch.text(IFLA_IFNAME, "mark");
        auto const info = batch.open(IFLA_LINKINFO);
        batch.text(IFLA_INFO_KIND, "veth");
        auto const data = batch.open(IFLA_INFO_DATA);
        auto const peer = batch.open(VETH_INFO_PEER);
        batch.raw(ifinfomsg{});
        batch.text(IFLA_IFNAME, "mark");
        batch.value(IFLA_NET_NS_FD, nodes_.back().netns);
        batch.close(peer);
        batch.close(data);
        batch.close(info);
        batch.end();
        batch.send(socket);
        int const group = RTNLGRP_LINK;
        if (::setsockopt(socket, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &group, sizeof group) != 0) die("join");
        return socket;
    }

    std::vector<Node> nodes_;
    std::size_t routers_;
    int proc_ = -1;
    int settings_ = 0;
};

constexpr std::uint32_t ten = 0x0a000000;
constexpr std::uint32_t net_size = 256;

/// Node 0 is a switch; all others are hosts of one network, with a default route to the first.
Lab star(std::size_t count) {
    Lab lab(count);
    lab.bridge(0);
    for (std::size_t i = 1; i < count; ++i) {
        lab.cable(0, i, ten, static_cast<std::uint32_t>(i), 16, 2);
        if (i > 1) lab.default_route(i, ten + 1);
    }
    lab.up(0, 2);
    lab.send();
    lab.snoop(0, 2);
    return lab;
}

/// Node i is cabled to node i + 1, a /24 each, and has a default route to the left; the first one to the
/// right.
Lab chain(std::size_t count) {
    Lab lab(count);
    for (std::size_t i = 0; i + 1 < count; ++i) {
        std::uint32_t const net = ten + static_cast<std::uint32_t>(i) * net_size;
        lab.cable(i, i + 1, net, 2, 24, 0);
        lab.default_route(i + 1, net + 1);
        if (i == 0) lab.default_route(0, net + 2);
    }
    lab.send();
    lab.forward_nothing();
    return lab;
}

/// A fat tree's cables, upper end first: routers are numbered first (the core, then each pod's upper and
/// lower ones), then hosts.
class FatTree {
public:
    /// The largest of at most `count` nodes.
    explicit FatTree(std::size_t count) {
        auto const nodes = [](std::size_t half) { return 5 * half * half + 2 * half * half * half; };
        while (nodes(half_ + 1) <= count) ++half_;
        nodes_ = nodes(half_);
        std::size_t const pods = 2 * half_, core = half_ * half_;
        routers_ = core + pods * pods;
        for (std::size_t pod = 0; pod < pods; ++pod) {
            std::size_t const upper = core + pod * pods, lower = upper + half_;
            for_each_pair([&](std::size_t place, std::size_t i) { add(place * half_ + i, upper + place); });
            for_each_pair([&](std::size_t place, std::size_t i) { add(upper + i, lower + place); });
            for_each_pair([&](std::size_t place, std::size_t i) {
                add(lower + place, routers_ + (pod * half_ + place) * half_ + i);
            });
        }
    }

    [[nodiscard]] std::size_t nodes() const { return nodes_; }
    [[nodiscard]] std::size_t routers() const { return routers_; }
    [[nodiscard]] std::vector<std::pair<std::size_t, std::size_t>> const& cables() const { return cables_; }

private:
    template <class Visit>
    void for_each_pair(Visit const& visit) const {
        for (std::size_t a = 0; a < half_; ++a)
            for (std::size_t b = 0; b < half_; ++b) visit(a, b);
    }
    void add(std::size_t upper, std::size_t lower) { cables_.emplace_back(upper, lower); }

    std::size_t half_ = 1, nodes_ = 0, routers_ = 0;
    std::vector<std::pair<std::size_t, std::size_t>> cables_;
};

/// A /24 a cable, a default route up the first cable of each node.
Lab fat_tree(std::size_t count) {
    FatTree const shape(count);
    Lab lab(shape.nodes(), shape.routers());
    std::vector<bool> has_route(shape.nodes());
    std::uint32_t net = ten;
    for (auto const& [upper, lower] : shape.cables()) {
        lab.cable(upper, lower, net, 2, 24, 0);
        if (!has_route[lower]) lab.default_route(lower, net + 1);
        has_route[lower] = true;
        net += net_size;
    }
    lab.send();
    lab.forward();
    return lab;
}

int execute_in(char const* pin, char** command) {
    pid_t const child = ::fork();
    if (child < 0) die("fork");
    if (child == 0) {
        int const netns = ::open(pin, O_RDONLY | O_CLOEXEC);
        if (netns < 0 || ::setns(netns, CLONE_NEWNET) != 0) die(pin);
        ::execvp(command[0], command);
        die(command[0]);
    }
    int status = 0;
    if (::waitpid(child, &status, 0) < 0) die("wait");
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

double milliseconds(Clock::duration duration) {
    return std::chrono::duration<double, std::milli>(duration).count();
}

}  // namespace

int main(int argc, char** argv) {
    std::string const shape = argc > 2 ? argv[1] : "";
    if (shape == "exec" && argc > 3) return execute_in(argv[2], argv + 3);
    Lab (*build)(std::size_t) = nullptr;
    if (shape == "star") build = star;
    if (shape == "chain") build = chain;
    if (shape == "fattree") build = fat_tree;
    long const count = argc > 2 ? std::atol(argv[2]) : 0;
    if (!build || count < 2) {
        std::fprintf(stderr,
                     "usage: vethwork_floor star|chain|fattree NODES [ROUNDS], or exec PIN COMMAND...\n");
        return 2;
    }
    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &limit);
    for (int round = argc > 3 ? std::atoi(argv[3]) : 1; round > 0; --round) {
        auto const begin = Clock::now();
        Lab lab = build(static_cast<std::size_t>(count));
        auto const is_up = Clock::now();
        lab.down();
        auto const is_down = Clock::now();
        std::printf("{\"shape\": \"%s\", \"nodes\": %ld, \"up_ms\": %.1f, \"down_ms\": %.1f}\n",
                    shape.c_str(), count, milliseconds(is_up - begin), milliseconds(is_down - is_up));
    }
    return 0;
}
