#include <vethwork/report/ip_route.hpp>
#include <vethwork/report/routing_text.hpp>

namespace vethwork::report {

namespace {

using namespace topology;

/// LWTUNNEL_ENCAP_…
std::string_view type_name(std::uint16_t type) {
    static constexpr std::string_view names[] = {"unknown", "mpls",      "ip",  "ila",   "ip6", "seg6",
                                                 "bpf",     "seg6local", "rpl", "ioam6", "xfrm"};
    return type < std::size(names) ? names[type] : names[0];
}

struct OptionWriter {
    IpWriter& writer;

    void begin(std::string_view name) const {
        writer.end_line();
        writer.text("\t");
        writer.text(name);
        writer.text(" ");
        writer.begin_list(name);
    }
    void operator()(std::monostate) const {}
    void operator()(std::vector<GeneveOption> const& options) const {
        begin("geneve_opts");
        for (auto const& option : options) {
            std::string data;
            for (auto const octet : option.data) data += fmt::format("{:02x}", octet);
            writer.begin_object();
            writer.field("class", "{}", option.option_class);
            writer.field("type", ":{}", option.type);
            writer.field("data", &option == &options.back() ? ":{} " : ":{},", data);
            writer.end_object();
        }
        writer.end_list();
    }
    void operator()(VxlanOption const& option) const {
        begin("vxlan_opts");
        writer.begin_object();
        writer.field("gbp", "{} ", option.group_policy);
        writer.end_object();
        writer.end_list();
    }
    void operator()(ErspanOption const& option) const {
        bool const first_version = option.version == 1;
        begin("erspan_opts");
        writer.begin_object();
        writer.field("ver", "{}", option.version.value_or(0));
        writer.field("index", ":{}", first_version ? option.index.value_or(0) : 0);
        writer.field("dir", ":{}", first_version ? 0 : option.direction.value_or(0));
        writer.field("hwid", ":{} ", first_version ? 0 : option.hardware_id.value_or(0));
        writer.end_object();
        writer.end_list();
    }
};

struct EncapsulationWriter {
    IpWriter& writer;
    RoutingDetails const& details;

    void name(std::string_view type) const { writer.field("encap", " encap {} ", type); }
    void operator()(MplsEncapsulation const& mpls) const {
        name("mpls");
        std::string labels;
        for (auto const label : mpls.labels) labels += (labels.empty() ? "" : "/") + std::to_string(label);
        if (!labels.empty()) writer.field("dst", " {} ", labels);
        if (mpls.ttl) writer.field("ttl", "ttl {} ", *mpls.ttl);
    }
    void operator()(IpEncapsulation const& ip) const {
        bool const v4 = ip.family == Family::ipv4;
        name(v4 ? "ip" : "ip6");
        if (ip.id) writer.field("id", "id {} ", *ip.id);
        if (ip.source) writer.field("src", "src {} ", ip.source->to_string(), ink_of(ip.family));
        if (ip.destination) writer.field("dst", "dst {} ", ip.destination->to_string(), ink_of(ip.family));
        if (ip.ttl) writer.field(v4 ? "ttl" : "hoplimit", v4 ? "ttl {} " : "hoplimit {} ", *ip.ttl);
        if (ip.tos) writer.field(v4 ? "tos" : "tc", v4 ? "tos {} " : "tc {} ", *ip.tos);
        flag(ip.key, "key");
        flag(ip.checksum, "csum");
        flag(ip.sequence, "seq");
        std::visit(OptionWriter{writer}, ip.options);
    }
    void flag(bool on, std::string_view word) const {
        if (!on) return;
        writer.json(word, true);
        writer.text(word);
        writer.text(" ");
    }
    void operator()(Seg6Encapsulation const& seg6) const {
        static constexpr std::string_view modes[] = {"inline", "encap", "l2encap", "encap.red",
                                                     "l2encap.red"};
        name("seg6");
        auto const mode = static_cast<std::size_t>(seg6.mode);
        writer.field("mode", "mode {} ", mode < std::size(modes) ? modes[mode] : "<unknown>");
        writer.text(fmt::format("segs {} [ ", seg6.segments.size()));
        writer.begin_list("segs");
        for (auto const& segment : seg6.segments) write_text(writer, {}, segment.to_string(), Ink::ipv6);
        writer.end_list();
        writer.text("] ");
        if (seg6.hmac_key == 0) return;
        writer.json("hmac", fmt::format("{:#x}", seg6.hmac_key));
        writer.text(fmt::format("hmac {:X} ", seg6.hmac_key));
    }
    void operator()(XfrmEncapsulation const& xfrm) const {
        name("xfrm");
        writer.field("if_id", "if_id {} ", xfrm.interface_id);
    }
    void operator()(OtherEncapsulation const& other) const { name(type_name(other.type)); }
};

}  // namespace

void write_encapsulation(IpWriter& writer, Encapsulation const& encapsulation,
                         RoutingDetails const& details) {
    std::visit(EncapsulationWriter{writer, details}, encapsulation);
}

}  // namespace vethwork::report
