#include <vethwork/observe/packet_dns.hpp>

#include <fmt/format.h>

#include <vethwork/observe/packet_decode.hpp>

namespace vethwork::observe {

namespace {

/// Reads names and records out of a message. Compression pointers must lead backwards, so that every name
/// ends.
class DnsReader {
public:
    explicit DnsReader(Bytes message) : message_(message), in_(message) {}

    [[nodiscard]] bool failed() const { return in_.failed() || broken_; }
    [[nodiscard]] bool broken() const { return broken_; }
    ByteReader& in() { return in_; }

    std::string name() {
        std::string text;
        std::size_t lowest = message_.size() - in_.left();
        ByteReader at = in_;
        bool jumped = false;
        for (int labels = 0; labels < most_labels && text.size() <= longest_name; ++labels) {
            std::uint8_t const size = at.u8();
            if (at.failed() || size == 0) return finish(at, jumped, std::move(text));
            if (size >= 0xc0) {
                std::size_t const target = (size & 0x3fu) << 8 | at.u8();
                if (!jumped) in_ = at;
                jumped = true;
                if (target >= lowest) return give_up();
                lowest = target;
                at = ByteReader(message_.subspan(target));
            } else if (size >= 0x40) {
                return give_up();
            } else {
                text.append(as_text(at.take(size)));
                text += '.';
            }
        }
        return give_up();
    }

    DnsQuestion question() {
        DnsQuestion question{.name = name()};
        question.type = in_.u16();
        question.klass = in_.u16();
        return question;
    }

    DnsRecord record() {
        DnsRecord record{.name = name()};
        record.type = in_.u16();
        record.klass = in_.u16();
        record.ttl = in_.u32();
        std::size_t const size = in_.u16();
        ByteReader const start = in_;
        Bytes const data = in_.take(size);
        if (failed()) return record;
        DnsReader inside(message_.first(message_.size() - in_.left()));
        inside.in_.skip(message_.size() - start.left());
        record.data = inside.data(record.type, data);
        if (inside.failed()) record.data = DnsOther{{data.begin(), data.end()}};
        return record;
    }

private:
    static constexpr int most_labels = 256;  ///< pointers among them
    static constexpr std::size_t longest_name = 255;

    std::string finish(ByteReader const& at, bool jumped, std::string text) {
        if (!jumped) in_ = at;
        if (at.failed()) in_.skip(in_.left() + 1);
        return text.empty() ? "." : text;
    }
    std::string give_up() {
        broken_ = true;
        return {};
    }

    decltype(DnsRecord::data) data(std::uint16_t type, Bytes octets) {
        switch (type) {
            case dns_type::a:
                return read_address(in_, Family::ipv4);
            case dns_type::aaaa:
                return read_address(in_, Family::ipv6);
            case dns_type::ns:
            case dns_type::cname:
            case dns_type::ptr:
            case dns_type::dname:
                return DnsHost{name()};
            case dns_type::mx:
                return mail();
            case dns_type::srv:
                return service();
            case dns_type::soa:
                return authority();
            case dns_type::txt:
                return text();
            default:
                return DnsOther{{octets.begin(), octets.end()}};
        }
    }

    DnsMail mail() {
        DnsMail mail{.preference = in_.u16()};
        mail.name = name();
        return mail;
    }

    DnsService service() {
        DnsService service{.priority = in_.u16(), .weight = in_.u16(), .port = in_.u16()};
        service.name = name();
        return service;
    }

    DnsAuthority authority() {
        DnsAuthority soa{.primary = name(), .mailbox = name()};
        for (auto* field : {&soa.serial, &soa.refresh, &soa.retry, &soa.expire, &soa.minimum})
            *field = in_.u32();
        return soa;
    }

    DnsText text() {
        DnsText text;
        while (in_.left() > 0) text.strings.emplace_back(as_text(in_.take(in_.u8())));
        return text;
    }

    Bytes message_;
    ByteReader in_;
    bool broken_ = false;
};

void read_records(DnsReader& reader, std::size_t count, std::vector<DnsRecord>& to) {
    while (to.size() < count) {
        DnsRecord record = reader.record();
        if (reader.failed()) return;
        to.push_back(std::move(record));
    }
}

void read_message(DnsReader& reader, Dns& to) {
    while (to.questions.size() < to.question_count) {
        DnsQuestion question = reader.question();
        if (reader.failed()) return;
        to.questions.push_back(std::move(question));
    }
    read_records(reader, to.answer_count, to.answers);
    if (!reader.failed()) read_records(reader, to.authority_count, to.authorities);
    if (!reader.failed()) read_records(reader, to.additional_count, to.additionals);
}

}  // namespace

void decode_dns(Slice in, DnsTransport transport, Decoding& to) {
    if (transport ==
        DnsTransport::tcp) {  // a two-octet length goes before; a message in several segments is payload
        ByteReader prefix(in.bytes);
        if (prefix.u16() != in.length - 2 || prefix.failed()) return to.add_payload(in);
        in = in.from(2);
    }
    DnsReader reader(in.bytes);
    Dns dns{.multicast = transport == DnsTransport::multicast, .length = in.length};
    for (auto* field : {&dns.id, &dns.flags, &dns.question_count, &dns.answer_count, &dns.authority_count,
                        &dns.additional_count})
        *field = reader.in().u16();
    if (in.length < 12)
        return (void)to.add(Malformed{"domain", fmt::format("domain [length {} < 12] (invalid)", in.length)});
    if (reader.failed()) return to.cut("domain");
    read_message(reader, dns);
    dns.malformed = reader.failed();
    to.add(std::move(dns));
    if (reader.failed() && !reader.broken() && !in.whole()) to.cut("domain");
}

}  // namespace vethwork::observe
