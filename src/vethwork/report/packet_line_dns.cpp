#include <array>

#include <vethwork/report/packet_line.hpp>

namespace vethwork::report::lines {

namespace {

constexpr std::array type_names{
    Word{1, "A"},      Word{2, "NS"},     Word{5, "CNAME"},   Word{6, "SOA"},   Word{12, "PTR"},
    Word{13, "HINFO"}, Word{15, "MX"},    Word{16, "TXT"},    Word{17, "RP"},   Word{24, "SIG"},
    Word{25, "KEY"},   Word{28, "AAAA"},  Word{29, "LOC"},    Word{33, "SRV"},  Word{35, "NAPTR"},
    Word{37, "CERT"},  Word{39, "DNAME"}, Word{41, "OPT"},    Word{43, "DS"},   Word{44, "SSHFP"},
    Word{46, "RRSIG"}, Word{47, "NSEC"},  Word{48, "DNSKEY"}, Word{99, "SPF"},  Word{250, "TSIG"},
    Word{251, "IXFR"}, Word{252, "AXFR"}, Word{255, "ANY"},   Word{256, "URI"},
};
constexpr std::array class_names{Word{1, "IN"}, Word{3, "CHAOS"}, Word{4, "HS"}, Word{255, "ANY"}};
constexpr std::array<std::string_view, 6> opcodes{"", " inv_q", " stat", " op3", " notify", " update"};
constexpr std::array response_codes{
    Word{0, ""},
    Word{1, " FormErr"},
    Word{2, " ServFail"},
    Word{3, " NXDomain"},
    Word{4, " NotImp"},
    Word{5, " Refused"},
    Word{6, " YXDomain"},
    Word{7, " YXRRSet"},
    Word{8, " NXRRSet"},
    Word{9, " NotAuth"},
    Word{10, " NotZone"},
    Word{16, " BadVers"},
    Word{23, " BadCookie"},
};

std::string type_text(std::uint16_t type) {
    std::string_view const name = find_word(type_names, type);
    return name.empty() ? fmt::format("Type{}", type) : std::string(name);
}

std::string class_text(std::uint16_t klass) {
    if (klass == 1) return {};
    std::string_view const name = find_word(class_names, klass);
    return name.empty() ? fmt::format(" (Class {})", klass) : fmt::format(" {}", name);
}

std::string opcode_text(Dns const& dns) {
    return dns.opcode() < opcodes.size() ? std::string(opcodes[dns.opcode()])
                                         : fmt::format(" op{}", dns.opcode());
}

/// The four bits of the header and the eight that an OPT record adds (RFC 6891 6.1.3).
std::uint32_t response_code(Dns const& dns) {
    std::uint32_t code = dns.flags & 15u;
    for (DnsRecord const& record : dns.additionals)
        if (record.type == dns_type::opt) code |= record.ttl >> 24 << 4;
    return code;
}

std::string response_text(Dns const& dns) {
    std::uint32_t const code = response_code(dns);
    std::string_view const name = find_word(response_codes, code);
    return name.empty() && code != 0 ? fmt::format(" Resp{}", code) : std::string(name);
}

struct DataText {
    int verbosity;
    std::string operator()(IpAddress const& address) const { return ' ' + address.to_string(); }
    std::string operator()(DnsHost const& host) const { return ' ' + visible_text(host.name); }
    std::string operator()(DnsMail const& mail) const {
        return fmt::format(" {} {}", visible_text(mail.name), mail.preference);
    }
    std::string operator()(DnsService const& service) const {
        return fmt::format(" {}:{} {} {}", visible_text(service.name), service.port, service.priority,
                           service.weight);
    }
    std::string operator()(DnsAuthority const& soa) const {
        if (verbosity == 0) return {};
        return fmt::format(" {} {} {} {} {} {} {}", visible_text(soa.primary), visible_text(soa.mailbox),
                           soa.serial, soa.refresh, soa.retry, soa.expire, soa.minimum);
    }
    std::string operator()(DnsText const& texts) const {
        std::string text;
        for (std::string const& part : texts.strings) text += fmt::format(" \"{}\"", visible_text(part));
        return text;
    }
    std::string operator()(DnsOther const&) const { return {}; }
};

}  // namespace

void PacketLine::show(DnsQuestion const& question, bool multicast) {
    auto const klass = static_cast<std::uint16_t>(multicast ? question.klass & 0x7fff : question.klass);
    print(" {}{}", type_text(question.type), class_text(klass));
    if (multicast) print("{}", question.klass & 0x8000 ? " (QU)" : " (QM)");
    print("? {}", visible_text(question.name));
}

void PacketLine::show(DnsRecord const& record, bool multicast) {
    if (verbose()) print(" {}", visible_text(record.name));
    auto const klass = static_cast<std::uint16_t>(multicast ? record.klass & 0x7fff : record.klass);
    if (record.type != dns_type::opt) print("{}", class_text(klass));
    if (multicast && record.klass & 0x8000) print(" (Cache flush)");
    print(" {}", type_text(record.type));
    if (record.type == dns_type::opt) return print(" UDPsize={}{}", klass, record.ttl & 0x8000 ? " DO" : "");
    out_ += std::visit(DataText{options_.verbosity}, record.data);
}

void PacketLine::show_records(std::string_view title, std::span<DnsRecord const> records, bool multicast) {
    for (std::size_t i = 0; i < records.size(); ++i) {
        print("{}", i == 0 ? title : ",");
        show(records[i], multicast);
    }
}

void PacketLine::show_query(Dns const& dns) {
    print("{}{}{}{}", dns.id, opcode_text(dns), dns.flags & 0x0100 ? "+" : "", dns.flags & 0x0010 ? "%" : "");
    if (dns.flags & 0x6cf) print(" [b2&3=0x{:x}]", dns.flags);
    bool const inverse = dns.opcode() == 1;
    if (inverse && dns.question_count != 0) print(" [{}q]", dns.question_count);
    if (inverse ? dns.answer_count != 1 : dns.answer_count != 0) print(" [{}a]", dns.answer_count);
    if (!inverse && dns.question_count != 1) print(" [{}q]", dns.question_count);
    if (dns.authority_count != 0) print(" [{}n]", dns.authority_count);
    if (dns.additional_count != 0) print(" [{}au]", dns.additional_count);
    for (DnsQuestion const& question : dns.questions) show(question, dns.multicast);
    if (!verbose(2)) return;
    show_records("", dns.answers, dns.multicast);
    show_records(" ns:", dns.authorities, dns.multicast);
    show_records(" ar:", dns.additionals, dns.multicast);
}

void PacketLine::show_response(Dns const& dns) {
    print("{}{}{}{}{}{}{}", dns.id, opcode_text(dns), response_text(dns), dns.flags & 0x0400 ? "*" : "",
          dns.flags & 0x0080 ? "" : "-", dns.flags & 0x0200 ? "|" : "", dns.flags & 0x0020 ? "$" : "");
    if (dns.question_count != 1) print(" [{}q]", dns.question_count);
    for (std::size_t i = 0; i < dns.questions.size(); ++i) {
        print("{}", i > 0 ? "," : "");
        if (!verbose(2)) continue;
        print(" q:");
        show(dns.questions[i], dns.multicast);
    }
    print(" {}/{}/{}", dns.answer_count, dns.authority_count, dns.additional_count);
    show_records("", dns.answers, dns.multicast);
    if (!verbose(2)) return;
    show_records(" ns:", dns.authorities, dns.multicast);
    show_records(" ar:", dns.additionals, dns.multicast);
}

void PacketLine::show(Dns const& dns) {
    if (at_ >= 2 && std::holds_alternative<Tcp>(layers_[at_ - 2])) print(" ");
    dns.is_response() ? show_response(dns) : show_query(dns);
    bool const shown_cut = dns.malformed && cut_.empty();
    if (shown_cut) return print(" [|domain]");
    if (cut_.empty()) print(" ({})", dns.length);
}

}  // namespace vethwork::report::lines
