// The walk over the layers of one packet that makes its line of text. Used by PacketText alone.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include <vethwork/report/packet_text.hpp>

namespace vethwork::report::lines {

using namespace observe;  // the layers; this namespace is of the renderer alone

/// A row of a table of numbers and words.
struct Word {
    std::uint32_t number;
    std::string_view text;
};
/// The word for a number, or nothing.
[[nodiscard]] std::string_view find_word(std::span<Word const> table, std::uint32_t number);
/// The words of the bits that are set, or "none".
[[nodiscard]] std::string bit_words(std::span<Word const> table, std::uint32_t bits,
                                    std::string_view separator);
/// Names of EtherTypes and IP protocols; empty where there is none.
[[nodiscard]] std::string_view ethertype_name(std::uint16_t type);
[[nodiscard]] std::string_view ip_protocol_name(std::uint8_t protocol);
/// Octets as text, control and foreign characters as ^X and M-x.
[[nodiscard]] std::string visible_text(std::string_view octets);

class PacketLine {
public:
    PacketLine(PacketTextOptions const& options, TcpConversations& conversations, Packet const& packet)
        : options_(options), conversations_(conversations), layers_(packet.layers), cut_(packet.cut) {}
    [[nodiscard]] std::string text() &&;

private:
    /// The IP header that the next transport header belongs to.
    struct IpEnds {
        IpAddress source, destination;
        bool adjacent = false;  ///< the transport header follows at once, and shows the addresses
        bool fragment = false;
    };

    template <class... Arguments>
    void print(fmt::format_string<Arguments...> format, Arguments&&... arguments) {
        fmt::format_to(std::back_inserter(out_), format, std::forward<Arguments>(arguments)...);
    }
    [[nodiscard]] bool verbose(int level = 1) const { return options_.verbosity >= level; }
    /// The layer behind the one being shown, where it is of type L; it then counts as shown.
    template <class L>
    L const* take() {
        L const* next = at_ < layers_.size() ? std::get_if<L>(&layers_[at_]) : nullptr;
        if (next != nullptr) ++at_;
        return next;
    }
    [[nodiscard]] bool last() const { return at_ >= layers_.size(); }

    // packet_line.cpp: the link layer, IP
    void show(Ethernet const& ethernet);
    void show(CookedLink const& link);
    void show(NullLink const& link);
    void show(Arp const& arp);
    void show(Ipv4 const& ip);
    void show(Ipv6 const& ip);
    void show(Ipv6Options const& header);
    void show(Ipv6Routing const& header);
    void show(Ipv6Fragment const& header);
    void show(Payload const& payload);
    void show(Malformed const& malformed);
    void show_type(std::uint16_t type);
    void show_unknown_frame(Ethernet const& ethernet);
    void show_arp_addresses(Arp const& arp);
    void show_ipv4_details(Ipv4 const& ip);
    void show_ipv6_details(Ipv6 const& ip);
    void show_ends(std::uint8_t protocol);
    void show_ports(std::uint16_t source, std::uint16_t destination);
    void show_option(HeaderOption const& option);
    // packet_line_icmp.cpp
    void show(Icmp const& icmp);
    void show(Igmp const& igmp);
    void show_quoted(Icmp const& icmp);
    // packet_line_icmpv6.cpp
    void show(Icmpv6 const& icmp);
    void show_icmpv6_body(Icmpv6 const& icmp);
    void show_icmpv6_error(Icmpv6 const& icmp);
    void show_nd_options(Icmpv6 const& icmp);
    void show_listener_query(Icmpv6 const& icmp);
    void show_records(std::span<GroupRecord const> records);
    // packet_line_transport.cpp
    void show(Tcp const& tcp);
    void show(Udp const& udp);
    void show(Vxlan const& vxlan);
    void show(Gre const& gre);
    void show_tcp_numbers(Tcp const& tcp);
    void show_tcp_options(Tcp const& tcp, TcpOrigin const& origin, bool reversed);
    void show_tcp_payload(Tcp const& tcp);
    // packet_line_dns.cpp
    void show(Dns const& dns);
    void show_query(Dns const& dns);
    void show_response(Dns const& dns);
    void show(DnsQuestion const& question, bool multicast);
    void show(DnsRecord const& record, bool multicast);
    void show_records(std::string_view title, std::span<DnsRecord const> records, bool multicast);

    PacketTextOptions const& options_;
    TcpConversations& conversations_;
    std::span<Layer const> layers_;
    std::string_view cut_;
    std::size_t at_ = 0;
    IpEnds ends_;
    std::string out_;
};

}  // namespace vethwork::report::lines
