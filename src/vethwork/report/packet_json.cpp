#include <vethwork/report/packet_json.hpp>

#include <algorithm>
#include <array>
#include <chrono>

#include <fmt/format.h>

#include <vethwork/report/json_writer.hpp>
#include <vethwork/report/packet_line.hpp>

namespace vethwork::report {

namespace {

using namespace observe;
using lines::visible_text;

std::string time_text(std::int64_t time) {
    std::int64_t const past = std::max<std::int64_t>(time, 0), seconds = past / 1'000'000'000;
    auto const day =
        std::chrono::floor<std::chrono::days>(std::chrono::sys_seconds(std::chrono::seconds(seconds)));
    std::chrono::year_month_day const date(day);
    return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:09}Z", static_cast<int>(date.year()),
                       static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                       seconds / 3600 % 24, seconds / 60 % 60, seconds % 60, past % 1'000'000'000);
}

std::string hex_text(Bytes octets) {
    std::string text;
    for (std::uint8_t const octet : octets) text += fmt::format("{:02x}", octet);
    return text;
}

std::string link_text(Bytes octets) {
    return LinkAddress::from_bytes(octets).value_or(LinkAddress{}).to_string();
}

std::string flag_text(std::uint8_t flags) {
    std::string text;
    for (std::size_t bit = 0; bit < 8; ++bit)
        if (flags >> bit & 1u) text += "FSRP.UEW"[bit];
    return text;
}

std::string data_text(DnsOther const& other) { return hex_text(other.octets); }
std::string data_text(IpAddress const& address) { return address.to_string(); }
std::string data_text(DnsHost const& host) { return visible_text(host.name); }
std::string data_text(DnsMail const& mail) {
    return fmt::format("{} {}", mail.preference, visible_text(mail.name));
}
std::string data_text(DnsService const& service) {
    return fmt::format("{} {} {} {}", service.priority, service.weight, service.port,
                       visible_text(service.name));
}
std::string data_text(DnsAuthority const& soa) {
    return fmt::format("{} {} {} {} {} {} {}", visible_text(soa.primary), visible_text(soa.mailbox),
                       soa.serial, soa.refresh, soa.retry, soa.expire, soa.minimum);
}
std::string data_text(DnsText const& text) {
    std::string all;
    for (std::string const& part : text.strings) all += (all.empty() ? "" : " ") + visible_text(part);
    return all;
}

/// Writes the layers of a packet, and of a packet quoted in it.
class LayerWriter {
public:
    explicit LayerWriter(JsonWriter& json) : json_(json) {}

    void write(Packet const& packet) {
        if (packet.truncated()) json_.field("truncated", packet.cut);
        json_.key("layers").open_array();
        for (Layer const& layer : packet.layers) {
            json_.open_object();
            std::visit([this](auto const& written) { fields(written); }, layer);
            json_.close_object();
        }
        json_.close_array();
    }

private:
    void name(std::string_view name) { json_.field("layer", name); }
    void checksum(Checksum const& sum) {
        json_.field("checksum", sum.found);
        if (sum.wrong()) json_.field("checksum_expected", *sum.expected);
    }
    void ends(IpAddress const& source, IpAddress const& destination) {
        json_.field("source", source.to_string()).field("destination", destination.to_string());
    }
    void options(std::vector<HeaderOption> const& options) {
        if (options.empty()) return;
        json_.key("options").open_array();
        for (HeaderOption const& option : options) {
            json_.open_object().field("type", option.type);
            if (!option.data.empty()) json_.field("data", hex_text(option.data));
            json_.close_object();
        }
        json_.close_array();
    }
    void quoted(std::vector<Packet> const& quoted) {
        if (quoted.empty()) return;
        json_.key("quoted").open_object();
        write(quoted[0]);
        json_.close_object();
    }
    void addresses(std::string_view key, std::vector<IpAddress> const& addresses) {
        if (addresses.empty()) return;
        json_.key(key).open_array();
        for (IpAddress const& address : addresses) json_.value(address.to_string());
        json_.close_array();
    }
    void records(std::vector<GroupRecord> const& records) {
        if (records.empty()) return;
        json_.key("records").open_array();
        for (GroupRecord const& record : records) {
            json_.open_object().field("type", record.type).field("group", record.group.to_string());
            addresses("sources", record.sources);
            json_.close_object();
        }
        json_.close_array();
    }

    void fields(Ethernet const& link) {
        name("ethernet");
        json_.field("source", link.source.to_string()).field("destination", link.destination.to_string());
        if (!link.tags.empty()) {
            json_.key("tags").open_array();
            for (VlanTag const& tag : link.tags)
                json_.open_object()
                    .field("protocol", tag.protocol)
                    .field("id", tag.id())
                    .field("priority", tag.priority())
                    .field("drop_eligible", tag.drop_eligible())
                    .close_object();
            json_.close_array();
        }
        json_.field("type", link.type);
    }
    void fields(CookedLink const& link) {
        constexpr std::array<std::string_view, 5> directions{"in", "broadcast", "multicast", "other host",
                                                             "out"};
        name("cooked");
        auto const direction = static_cast<std::size_t>(link.direction);
        if (direction < directions.size()) json_.field("direction", directions[direction]);
        if (link.version == 2) json_.field("interface_index", link.interface);
        json_.field("source", link.source.to_string()).field("type", link.protocol);
    }
    void fields(NullLink const& link) {
        name("null");
        json_.field("family", link.family);
    }
    void fields(Arp const& arp) {
        name("arp");
        json_.field("operation", arp.operation);
        json_.field("sender_link", link_text(arp.sender_hardware));
        protocol_address("sender", arp, arp.sender_protocol);
        json_.field("target_link", link_text(arp.target_hardware));
        protocol_address("target", arp, arp.target_protocol);
    }
    void protocol_address(std::string_view key, Arp const& arp, std::vector<std::uint8_t> const& octets) {
        json_.field(key, arp.is_ipv4() ? IpAddress::from_bytes(octets)->to_string() : hex_text(octets));
    }
    void fields(Ipv4 const& ip) {
        name("ipv4");
        ends(ip.source, ip.destination);
        json_.field("protocol", ip.protocol)
            .field("ttl", ip.ttl)
            .field("service", ip.service)
            .field("id", ip.id);
        json_.field("length", ip.total_length).field("dont_fragment", ip.dont_fragment);
        if (ip.is_fragment()) json_.field("offset", ip.offset).field("more_fragments", ip.more_fragments);
        if (ip.missing > 0) json_.field("missing", ip.missing);
        checksum(ip.checksum);
        options(ip.options);
    }
    void fields(Ipv6 const& ip) {
        name("ipv6");
        ends(ip.source, ip.destination);
        json_.field("next_header", ip.next_header).field("hop_limit", ip.hop_limit);
        json_.field("traffic_class", ip.traffic_class).field("flow_label", ip.flow_label);
        json_.field("payload_length", ip.payload_length);
        if (ip.missing > 0) json_.field("missing", ip.missing);
    }
    void fields(Ipv6Options const& header) {
        name(header.hop_by_hop ? "ipv6 hop-by-hop options" : "ipv6 destination options");
        json_.field("next_header", header.next_header);
        options(header.options);
    }
    void fields(Ipv6Routing const& header) {
        name("ipv6 routing");
        json_.field("next_header", header.next_header).field("type", header.type);
        json_.field("segments_left", header.segments_left);
        addresses("segments", header.segments);
    }
    void fields(Ipv6Fragment const& header) {
        name("ipv6 fragment");
        json_.field("next_header", header.next_header).field("id", header.id).field("offset", header.offset);
        json_.field("more_fragments", header.more_fragments);
    }
    void fields(Icmp const& icmp) {
        name("icmp");
        json_.field("type", icmp.type).field("code", icmp.code);
        bool const echo = icmp.type == icmp_type::echo_request || icmp.type == icmp_type::echo_reply;
        if (echo)
            json_.field("id", icmp.id()).field("sequence", icmp.sequence());
        else
            json_.field("rest", icmp.rest);
        checksum(icmp.checksum);
        quoted(icmp.quoted);
    }
    void fields(Icmpv6 const& icmp) {
        name("icmpv6");
        json_.field("type", icmp.type).field("code", icmp.code);
        bool const echo = icmp.type == icmpv6_type::echo_request || icmp.type == icmpv6_type::echo_reply;
        if (echo)
            json_.field("id", icmp.id()).field("sequence", icmp.sequence());
        else
            json_.field("rest", icmp.rest);
        if (!icmp.target.is_any()) json_.field("target", icmp.target.to_string());
        if (!icmp.destination.is_any()) json_.field("destination", icmp.destination.to_string());
        checksum(icmp.checksum);
        options(icmp.options);
        addresses("sources", icmp.sources);
        records(icmp.records);
        quoted(icmp.quoted);
    }
    void fields(Igmp const& igmp) {
        name("igmp");
        json_.field("type", igmp.type).field("group", igmp.group.to_string());
        checksum(igmp.checksum);
        records(igmp.records);
    }
    void fields(Tcp const& tcp) {
        name("tcp");
        json_.field("source_port", tcp.source).field("destination_port", tcp.destination);
        if (!tcp.whole_header) return;
        json_.field("flags", flag_text(tcp.flags)).field("sequence", tcp.sequence);
        json_.field("acknowledgement", tcp.acknowledgement).field("window", tcp.window);
        if (tcp.flags & tcp_flag::urg) json_.field("urgent", tcp.urgent);
        json_.field("payload_length", tcp.payload_length());
        checksum(tcp.checksum);
        options(tcp.options);
    }
    void fields(Udp const& udp) {
        name("udp");
        json_.field("source_port", udp.source).field("destination_port", udp.destination);
        json_.field("length", udp.length);
        checksum(udp.checksum);
    }
    void fields(Vxlan const& vxlan) {
        name("vxlan");
        json_.field("flags", vxlan.flags).field("vni", vxlan.vni);
    }
    void fields(Gre const& gre) {
        name("gre");
        json_.field("flags", gre.flags).field("protocol", gre.protocol).field("key", gre.key);
    }
    void fields(Dns const& dns) {
        name("dns");
        json_.field("id", dns.id).field("response", dns.is_response()).field("opcode", dns.opcode());
        json_.field("rcode", dns.flags & 15).field("flags", dns.flags);
        if (dns.malformed) json_.field("malformed", true);
        json_.key("questions").open_array();
        for (DnsQuestion const& question : dns.questions)
            json_.open_object()
                .field("name", visible_text(question.name))
                .field("type", question.type)
                .field("class", question.klass)
                .close_object();
        json_.close_array();
        answers("answers", dns.answers);
        answers("authorities", dns.authorities);
        answers("additionals", dns.additionals);
    }
    void answers(std::string_view key, std::vector<DnsRecord> const& records) {
        json_.key(key).open_array();
        for (DnsRecord const& record : records)
            json_.open_object()
                .field("name", visible_text(record.name))
                .field("type", record.type)
                .field("class", record.klass)
                .field("ttl", record.ttl)
                .field("data", std::visit([](auto const& data) { return data_text(data); }, record.data))
                .close_object();
        json_.close_array();
    }
    void fields(Payload const& payload) {
        name("payload");
        json_.field("length", payload.length).field("octets", hex_text(payload.bytes));
    }
    void fields(Malformed const& malformed) {
        name("malformed");
        json_.field("protocol", malformed.protocol).field("what", malformed.what);
    }

    JsonWriter& json_;
};

}  // namespace

std::string packet_json(Frame const& frame, Packet const& packet, std::string_view interface) {
    JsonWriter json;
    json.open_object().field("time", time_text(frame.time));
    if (!interface.empty()) json.field("interface", interface);
    std::string_view const link = link_type_name(frame.link);
    json.field("link",
               link.empty() ? std::to_string(static_cast<std::uint32_t>(frame.link)) : std::string(link));
    json.field("length", std::max<std::size_t>(frame.length, frame.bytes.size()));
    json.field("captured", frame.bytes.size());
    LayerWriter(json).write(packet);
    return json.close_object().text();
}

}  // namespace vethwork::report
