#include "support/packet_samples.hpp"

#include <vethwork/base/checksum.hpp>

namespace vethwork::test {

Octets hex(std::string_view digits) {
    Octets octets;
    std::string pair;
    for (char const c : digits) {
        if (c == ' ') continue;
        pair += c;
        if (pair.size() < 2) continue;
        octets.push_back(static_cast<std::uint8_t>(std::stoul(pair, nullptr, 16)));
        pair.clear();
    }
    return octets;
}

Octets operator+(Octets left, Octets const& right) {
    left.insert(left.end(), right.begin(), right.end());
    return left;
}

Octets text_octets(std::string_view text) { return {text.begin(), text.end()}; }

namespace {

void put16(Octets& octets, std::size_t at, std::uint16_t number) {
    octets[at] = static_cast<std::uint8_t>(number >> 8);
    octets[at + 1] = static_cast<std::uint8_t>(number);
}

Octets address(std::string_view text) {
    auto const parsed = IpAddress::parse(text).value();
    return {parsed.bytes().begin(), parsed.bytes().end()};
}

void put_checksum(Octets& octets, std::size_t at, Octets const& pseudo = {}) {
    InternetChecksum sum;
    sum.add(pseudo);
    sum.add(octets);
    put16(octets, at, sum.value());
}

Octets pseudo4(std::uint8_t protocol, std::size_t size) {
    ByteWriter out;
    out.u16(protocol);
    out.u16(static_cast<std::uint16_t>(size));
    return address("10.0.0.1") + address("10.0.0.2") + out.bytes();
}

Octets pseudo6(std::uint8_t protocol, std::size_t size, Ipv6Parts const& parts) {
    ByteWriter out;
    out.u32(static_cast<std::uint32_t>(size));
    out.u32(protocol);
    return address(parts.source) + address(parts.destination) + out.bytes();
}

Octets udp_header(std::uint16_t source, std::uint16_t destination, std::size_t payload) {
    ByteWriter out;
    out.u16(source);
    out.u16(destination);
    out.u16(static_cast<std::uint16_t>(payload + 8));
    out.u16(0);
    return out.bytes();
}

Octets tcp_segment(TcpParts const& parts) {
    Octets const options = hex(parts.options);
    ByteWriter out;
    out.u16(parts.source);
    out.u16(parts.destination);
    out.u32(parts.sequence);
    out.u32(parts.acknowledgement);
    out.u8(static_cast<std::uint8_t>((options.size() / 4 + 5) << 4));
    out.u8(parts.flags);
    out.u16(64240);
    out.u32(0);
    return out.bytes() + options + text_octets(parts.payload);
}

}  // namespace

Octets ethernet(std::uint16_t type, Octets const& payload) {
    ByteWriter out;
    out.u16(type);
    return hex("020000000002 020000000001") + out.bytes() + payload;
}

Octets ipv4(std::uint8_t protocol, Octets const& payload, Ipv4Parts const& parts) {
    Octets const options = hex(parts.options);
    std::size_t const header = 20 + options.size();
    ByteWriter out;
    out.u8(static_cast<std::uint8_t>(0x40 | header / 4));
    out.u8(parts.service);
    out.u16(static_cast<std::uint16_t>(header + payload.size()));
    out.u16(4660);
    out.u16(parts.fragment);
    out.u8(parts.ttl);
    out.u8(protocol);
    out.u16(0);
    Octets octets = out.bytes() + address(parts.source) + address(parts.destination) + options;
    put_checksum(octets, 10);
    return octets + payload;
}

Octets ipv6(std::uint8_t next_header, Octets const& payload, Ipv6Parts const& parts) {
    ByteWriter out;
    out.u32(0x60000000);
    out.u16(static_cast<std::uint16_t>(payload.size()));
    out.u8(next_header);
    out.u8(parts.hop_limit);
    return out.bytes() + address(parts.source) + address(parts.destination) + payload;
}

Octets udp4(std::uint16_t source, std::uint16_t destination, Octets const& payload) {
    Octets datagram = udp_header(source, destination, payload.size()) + payload;
    put_checksum(datagram, 6, pseudo4(17, datagram.size()));
    return ipv4(17, datagram);
}

Octets udp6(std::uint16_t source, std::uint16_t destination, Octets const& payload) {
    Octets datagram = udp_header(source, destination, payload.size()) + payload;
    put_checksum(datagram, 6, pseudo6(17, datagram.size(), {}));
    return ipv6(17, datagram);
}

Octets tcp4(TcpParts const& parts) {
    Octets segment = tcp_segment(parts);
    put_checksum(segment, 16, pseudo4(6, segment.size()));
    return ipv4(6, segment);
}

Octets tcp6(TcpParts const& parts) {
    Octets segment = tcp_segment(parts);
    put_checksum(segment, 16, pseudo6(6, segment.size(), {}));
    return ipv6(6, segment);
}

Octets icmp4(std::string_view head, Octets const& body) {
    Octets message = hex(head) + body;
    put_checksum(message, 2);
    return ipv4(1, message);
}

Octets icmp6(std::string_view head, Octets const& body, Ipv6Parts const& parts) {
    Octets message = hex(head) + body;
    put_checksum(message, 2, pseudo6(58, message.size(), parts));
    return ipv6(58, message, parts);
}

Frame frame_of(Sample const& sample) {
    return {.time = 1'700'000'000'123'456'789,
            .link = sample.link,
            .length = static_cast<std::uint32_t>(sample.bytes.size()),
            .bytes = sample.bytes};
}

namespace {

class Samples {
public:
    void frame(std::string name, std::uint16_t type, Octets const& payload) {
        all_.push_back({std::move(name), ethernet(type, payload)});
    }
    void v4(std::string name, Octets const& packet) { frame(std::move(name), 0x0800, packet); }
    void v6(std::string name, Octets const& packet) { frame(std::move(name), 0x86dd, packet); }
    void other(std::string name, LinkType link, Octets bytes) {
        all_.push_back({std::move(name), std::move(bytes), link});
    }
    std::vector<Sample> take() && { return std::move(all_); }

private:
    std::vector<Sample> all_;
};

Octets arp(std::string_view operation, std::string_view target_link) {
    return hex("0001 0800 06 04") + hex(operation) + hex("020000000001 0a000001") + hex(target_link) +
           hex("0a000002");
}

void add_link(Samples& to) {
    to.frame("arp request", 0x0806, arp("0001", "000000000000"));
    to.frame("arp request to a known address", 0x0806, arp("0001", "020000000002"));
    to.frame("arp reply", 0x0806, arp("0002", "020000000002") + Octets(18));
    to.frame("reverse arp request", 0x8035, arp("0003", "020000000002"));
    to.frame("arp for another protocol", 0x0806,
             hex("0001 86dd 06 04 0001 020000000001 0a000001 000000000000 0a000002"));
    to.frame("802.1Q", 0x8100, hex("6064 0800") + udp4(4000, 5000, text_octets("hello")));
    to.frame("802.1ad", 0x88a8, hex("0001 8100 1002 0806") + arp("0001", "000000000000"));
    to.frame("unknown ethertype", 0x9999, text_octets("some octets of something"));
}

void add_icmp_queries(Samples& to) {
    to.v4("echo request", icmp4("0800 0000 1234 0001", text_octets("abcdefgh01234567abcdefgh01234567")));
    to.v4("echo reply", icmp4("0000 0000 1234 0001", text_octets("abcdefgh01234567abcdefgh01234567")));
    to.v4("echo with a wrong checksum", ipv4(1, hex("0800 dead 1234 0002 61626364")));
    to.v4("timestamp request", icmp4("0d00 0000 0007 0001", Octets(12)));
    to.v4("timestamp reply", icmp4("0e00 0000 0007 0001", hex("03a2c940 03a2c941 03a2c942")));
    to.v4("mask request", icmp4("1100 0000 0007 0001", Octets(4)));
    to.v4("mask reply", icmp4("1200 0000 0007 0001", hex("ffffff00")));
    to.v4("router solicitation", icmp4("0a00 0000 0000 0000", {}));
    to.v4("router advertisement", icmp4("0900 0000 0202 0708", hex("0a000001 00000000 0a000002 00000005")));
    to.v4("unknown icmp", icmp4("2a00 0000 0000 0000", {}));
}

void add_icmp_errors(Samples& to) {
    Octets const udp = udp4(4000, 5000, text_octets("hello"));
    Octets const tcp_head = [] {
        Octets octets = tcp4({.options = "020405b4"});
        octets.resize(28);
        return octets;
    }();
    for (unsigned code = 0; code <= 16; ++code) {
        std::string const digits = std::to_string(code / 16) + "0123456789abcdef"[code % 16];
        to.v4("unreachable " + std::to_string(code), icmp4("03" + digits + " 0000 0000 0000", udp));
    }
    to.v4("tcp port unreachable", icmp4("0303 0000 0000 0000", tcp_head));
    to.v4("other port unreachable", icmp4("0303 0000 0000 0000", ipv4(200, hex("0001 0002 00000000"))));
    to.v4("fragmentation needed", icmp4("0304 0000 0000 0578", udp));
    to.v4("source quench", icmp4("0400 0000 0000 0000", udp));
    for (char const code : {'0', '1', '2', '3', '7'})
        to.v4(std::string("redirect ") + code, icmp4(std::string("050") + code + " 0000 0a0000fe", udp));
    to.v4("ttl exceeded", icmp4("0b00 0000 0000 0000", udp));
    to.v4("reassembly time exceeded", icmp4("0b01 0000 0000 0000", udp));
    to.v4("parameter problem", icmp4("0c00 0000 1400 0000", udp));
    to.v4("option missing", icmp4("0c01 0000 0000 0000", udp));
}

void add_ipv4(Samples& to) {
    Octets const datagram(udp4(4000, 5000, Octets(32, 'x')));
    Octets const body(datagram.begin() + 20, datagram.end());
    to.v4("first fragment", ipv4(17, body, {.fragment = 0x2000}));
    to.v4("last fragment", ipv4(17, Octets(16, 'x'), {.fragment = 0x0005}));
    to.v4("record route and router alert",
          ipv4(1, hex("0800 f7fe 0000 0001"), {.options = "07070400000000 9404000000"}));
    to.v4("congestion", ipv4(17, body, {.fragment = 0, .ttl = 1, .service = 3}));
    to.v4("ip in ip", ipv4(4, icmp4("0800 0000 0001 0001", {})));
    to.v4("unknown protocol", ipv4(253, text_octets("experiment")));
    to.v4("igmp v3 report",
          ipv4(2, hex("2200 f9fd 0000 0001 0400 0000 e0000005"), {.destination = "224.0.0.22"}));
    to.v4("igmp v2 report", ipv4(2, hex("1600 09fa e0000005"), {.destination = "224.0.0.5"}));
    to.v4("igmp query", ipv4(2, hex("1164 ee9b 00000000"), {.destination = "224.0.0.1"}));
    to.v4("igmp leave", ipv4(2, hex("1700 08fa e0000005"), {.destination = "224.0.0.2"}));
    Octets wrong = udp4(4000, 5000, text_octets("hello"));
    wrong[10] ^= 0xff;
    to.v4("wrong header checksum", wrong);
    Octets padded = udp4(4000, 5000, text_octets("hi"));
    to.v4("padded frame", padded + Octets(16));
}

void add_tcp(Samples& to) {
    std::string_view const stamps = "0101 080a 00000064 00000000";
    to.v4("syn", tcp4({.options = "020405b4 0402 080a 00000064 00000000 01 030307"}));
    to.v4("syn ack", tcp4({.source = 5000,
                           .destination = 40000,
                           .sequence = 77000,
                           .acknowledgement = 1001,
                           .flags = 0x12,
                           .options = "020405b4 0402 080a 00000064 00000000 01 030307"}));
    to.v4("ack", tcp4({.sequence = 1001, .acknowledgement = 77001, .flags = 0x10, .options = stamps}));
    to.v4("push", tcp4({.sequence = 1001,
                        .acknowledgement = 77001,
                        .flags = 0x18,
                        .options = stamps,
                        .payload = "hello\n"}));
    to.v4("sack", tcp4({.source = 5000,
                        .destination = 40000,
                        .sequence = 77001,
                        .acknowledgement = 1007,
                        .flags = 0x10,
                        .options = "0101 050a 000003f5 000003ff"}));
    to.v4("fin", tcp4({.sequence = 1007, .acknowledgement = 77001, .flags = 0x11}));
    to.v4("rst", tcp4({.source = 5000,
                       .destination = 40000,
                       .sequence = 77001,
                       .acknowledgement = 1008,
                       .flags = 0x14}));
    to.v4("every flag", tcp4({.sequence = 5, .acknowledgement = 6, .flags = 0xff}));
    to.v4("no flags", tcp4({.flags = 0}));
    to.v4("unknown tcp option", tcp4({.options = "fd06 0102 0304 0000"}));
    to.v4("http request", tcp4({.destination = 80,
                                .sequence = 1,
                                .acknowledgement = 1,
                                .flags = 0x18,
                                .payload = "GET / HTTP/1.1\r\nHost: web\r\n\r\n"}));
    to.v4("http response", tcp4({.source = 80,
                                 .destination = 40000,
                                 .sequence = 1,
                                 .acknowledgement = 30,
                                 .flags = 0x18,
                                 .payload = "HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n"}));
    to.v6("syn over ipv6", tcp6({.options = "020405a0 0402 080a 00000064 00000000 01 030307"}));
    to.v6("ack over ipv6", tcp6({.sequence = 1001, .acknowledgement = 5, .flags = 0x10}));
}

constexpr std::string_view name_web = "03776562 036c6162 00";  // web.lab.

void add_dns(Samples& to) {
    auto const question = [](std::string_view type) { return hex(name_web) + hex(type) + hex("0001"); };
    auto const answer = [](std::string_view type, std::string_view data) {
        Octets const octets = hex(data);
        return hex("c00c") + hex(type) + hex("0001 0000003c 00") +
               Octets{static_cast<std::uint8_t>(octets.size())} + octets;
    };
    auto const query = [&](Octets const& message) { return udp4(33000, 53, message); };
    auto const reply = [&](Octets const& message) { return udp4(53, 33000, message); };
    to.v4("dns query a", query(hex("1234 0100 0001 0000 0000 0000") + question("0001")));
    to.v4("dns query aaaa", query(hex("1235 0100 0001 0000 0000 0000") + question("001c")));
    to.v4("dns query any class",
          query(hex("1235 0000 0001 0000 0000 0000") + hex(name_web) + hex("00ff 00ff")));
    to.v4("dns query with opt", query(hex("1236 0120 0001 0000 0000 0001") + question("0001") +
                                      hex("00 0029 1000 0000 8000 0000")));
    to.v4("dns answer a",
          reply(hex("1234 8580 0001 0001 0000 0000") + question("0001") + answer("0001", "0a000002")));
    to.v4("dns answer aaaa",
          reply(hex("1235 8180 0001 0002 0000 0000") + question("001c") + answer("0005", "036e6577 c010") +
                answer("001c", "20010db8000000000000000000000002")));
    to.v4("dns answer mx ns ptr", reply(hex("1237 8400 0001 0003 0000 0000") + question("000f") +
                                        answer("000f", "000a 046d61696c c010") +
                                        answer("0002", "026e73 c010") + answer("000c", "c00c")));
    to.v4("dns answer txt srv",
          reply(hex("1238 8180 0001 0002 0000 0000") + question("0010") +
                answer("0010", "0568656c6c6f 01ff") + answer("0021", "0001 0002 1f90 03737276 c010")));
    to.v4(
        "dns answer soa",
        reply(hex("1239 8583 0001 0000 0001 0000") + question("0001") +
              answer("0006", "026e73 c010 05 61646d696e c010 00000001 00000e10 00000384 00093a80 00000e10")));
    to.v4("dns refused", reply(hex("123a 8105 0000 0000 0000 0000")));
    to.v4("dns answer of another type",
          reply(hex("123b 8180 0001 0001 0000 0000") + question("0100") + answer("0063", "0102")));
    to.v6("dns over ipv6", udp6(33000, 53, hex("1234 0100 0001 0000 0000 0000") + question("0001")));
    to.v4("dns over tcp",
          tcp4({.destination = 53,
                .sequence = 1,
                .acknowledgement = 1,
                .flags = 0x18,
                .payload = std::string_view("\0\x19\x12\x34\1\0\0\1\0\0\0\0\0\0\3web\3lab\0\0\1\0\1", 27)}));
    to.v4("mdns query",
          udp4(5353, 5353, hex("0000 0000 0001 0000 0000 0000") + hex(name_web) + hex("0001 8001")));
}

void add_udp(Samples& to) {
    to.v4("udp", udp4(4000, 5000, text_octets("hello")));
    to.v4("udp without data", udp4(4000, 5000, {}));
    to.v6("udp over ipv6", udp6(4000, 5000, text_octets("hello")));
    Octets no_checksum = udp4(4000, 5000, text_octets("hello"));
    no_checksum[26] = no_checksum[27] = 0;
    to.v4("udp without checksum", no_checksum);
    Octets wrong = udp4(4000, 5000, text_octets("hello"));
    wrong[26] ^= 0x55;
    to.v4("udp with a wrong checksum", wrong);
    Octets const inner = ethernet(0x0800, icmp4("0800 0000 0001 0001", text_octets("inside")));
    to.v4("vxlan", udp4(51000, 4789, hex("0800 0000 00002a00") + inner));
    to.v4("vxlan with arp",
          udp4(51000, 4789, hex("0800 0000 00002a00") + ethernet(0x0806, arp("0001", "000000000000"))));
    to.v6("vxlan over ipv6", udp6(51000, 4789, hex("0800 0000 ffffff00") + ethernet(0x86dd, udp6(1, 2, {}))));
    to.v4("gre", ipv4(47, hex("0000 0800") + icmp4("0800 0000 0001 0001", {})));
    to.v4("gre with key", ipv4(47, hex("2000 0800 0000002a") + icmp4("0800 0000 0001 0001", {})));
}

void add_discovery(Samples& to) {
    Ipv6Parts const to_all{.destination = "ff02::1"}, to_routers{.destination = "ff02::2"};
    Octets const target = hex("fe80 0000 0000 0000 0000 0000 0000 0002");
    std::string_view const source_link = "0101 020000000001", target_link = "0201 020000000001";
    to.v6("neighbour solicitation",
          icmp6("8700 0000 0000 0000", target + hex(source_link), {.destination = "ff02::1:ff00:2"}));
    to.v6("dad", icmp6("8700 0000 0000 0000", target, {.source = "::", .destination = "ff02::1:ff00:2"}));
    to.v6("neighbour advertisement", icmp6("8800 0000 e000 0000", target + hex(target_link)));
    to.v6("router solicitation v6", icmp6("8500 0000 0000 0000", hex(source_link), to_routers));
    to.v6("router advertisement v6",
          icmp6("8600 0000 40c8 0708",
                hex("00000000 00000000") + hex(source_link) + hex("0501 0000 000005dc") +
                    hex("0304 40c0 00015180 00003840 00000000 20010db8000000000000000000000000") +
                    hex("1903 0000 00000e10 20010db8000000000000000000000053") +
                    hex("1f02 0000 00000e10 036c6162 00000000") + hex("1802 3008 00000e10 20010db800010000") +
                    hex("0701 0000 00000064"),
                to_all));
    to.v6("redirect v6",
          icmp6("8900 0000 0000 0000", target + hex("20010db8000000000000000000000009") + hex(target_link)));
}

void add_listeners(Samples& to) {
    std::string_view const report = "04000000 ff0200000000000000000001ff000001";
    Octets const hop_by_hop = hex("3a00 0502 0000 0100");
    auto const with_alert = [&](Octets packet) {
        packet[6] = 0;
        packet[5] = static_cast<std::uint8_t>(packet[5] + 8);
        packet.insert(packet.begin() + 40, hop_by_hop.begin(), hop_by_hop.end());
        return packet;
    };
    to.v6("mld2 report",
          with_alert(icmp6("8f00 0000 0000 0001", hex(report), {.destination = "ff02::16", .hop_limit = 1})));
    to.v6("mld2 report with sources",
          with_alert(icmp6("8f00 0000 0000 0001",
                           hex("03000001 ff0500000000000000000000000000aa 20010db8000000000000000000000009"),
                           {.destination = "ff02::16", .hop_limit = 1})));
    to.v6("mld2 query", with_alert(icmp6("8200 0000 2710 0000", Octets(16) + hex("027d 0000"),
                                         {.destination = "ff02::1", .hop_limit = 1})));
    to.v6("mld report", with_alert(icmp6("8300 0000 0000 0000", hex("ff0200000000000000000001ff000001"),
                                         {.destination = "ff02::1", .hop_limit = 1})));
    to.v6("mld done", with_alert(icmp6("8400 0000 0000 0000", hex("ff0200000000000000000001ff000001"),
                                       {.destination = "ff02::2", .hop_limit = 1})));
    to.v6("mld query",
          with_alert(icmp6("8200 0000 2710 0000", Octets(16), {.destination = "ff02::1", .hop_limit = 1})));
}

void add_icmp6(Samples& to) {
    Octets const datagram = udp6(4000, 5000, text_octets("hello"));
    to.v6("echo request v6", icmp6("8000 0000 1234 0001", text_octets("abcdefgh")));
    to.v6("echo reply v6", icmp6("8100 0000 1234 0001", text_octets("abcdefgh")));
    for (char const code : {'0', '1', '2', '3', '4'})
        to.v6(std::string("unreachable v6 ") + code,
              icmp6(std::string("010") + code + " 0000 0000 0000", datagram));
    to.v6("tcp port unreachable v6", icmp6("0104 0000 0000 0000", tcp6({})));
    to.v6("packet too big", icmp6("0200 0000 0000 0500", datagram));
    to.v6("hop limit exceeded", icmp6("0300 0000 0000 0000", datagram));
    to.v6("reassembly v6", icmp6("0301 0000 0000 0000", datagram));
    to.v6("parameter problem v6", icmp6("0401 0000 0000 0028", datagram));
    Octets wrong = icmp6("8000 0000 1234 0001", text_octets("abcdefgh"));
    wrong[42] ^= 0x11;
    to.v6("wrong checksum v6", wrong);
}

void add_extensions(Samples& to) {
    Octets const datagram = udp6(4000, 5000, text_octets("hello"));
    Octets const body(datagram.begin() + 40, datagram.end());
    to.v6("first fragment v6", ipv6(44, hex("1100 0001 00abcdef") + body));
    to.v6("last fragment v6", ipv6(44, hex("1100 0578 00abcdef") + text_octets("rest")));
    to.v6("destination options", ipv6(60, hex("1100 0104 00000000") + body));
    to.v6("segment routing",
          ipv6(43, hex("1102 0400 0000 0000 fe80 0000 0000 0000 0000 0000 0000 0002") + body));
    to.v6("no next header", ipv6(59, {}));
    to.v6("unknown next header", ipv6(253, text_octets("experiment")));
    to.v6("ipv4 in ipv6", ipv6(4, icmp4("0800 0000 0001 0001", {})));
}

void add_other_links(Samples& to) {
    Octets const echo = icmp4("0800 0000 0001 0001", {});
    to.other("cooked v2 in", LinkType::linux_sll2,
             hex("0800 0000 00000001 0001 00 06 0200000000010000") + echo);
    to.other("cooked v2 out", LinkType::linux_sll2,
             hex("86dd 0000 00000001 0001 04 06 0200000000010000") + udp6(1, 2, {}));
    to.other("cooked v1", LinkType::linux_sll, hex("0000 0001 0006 0200000000010000 0800") + echo);
    to.other("raw v4", LinkType::raw, echo);
    to.other("raw v6", LinkType::raw, udp6(1, 2, {}));
    to.other("bsd loopback", LinkType::null, hex("02000000") + echo);
}

}  // namespace

std::vector<Sample> packet_samples() {
    Samples samples;
    add_link(samples);
    add_icmp_queries(samples);
    add_icmp_errors(samples);
    add_ipv4(samples);
    add_tcp(samples);
    add_udp(samples);
    add_dns(samples);
    add_discovery(samples);
    add_listeners(samples);
    add_icmp6(samples);
    add_extensions(samples);
    add_other_links(samples);
    return std::move(samples).take();
}

}  // namespace vethwork::test
