#include <vethwork/plan/encapsulation_words.hpp>

#include <array>

namespace vethwork::plan {

namespace {

using topology::Encapsulation;
using topology::IpEncapsulation;
using topology::MplsEncapsulation;
using topology::OtherEncapsulation;
using topology::Seg6Encapsulation;
using topology::Seg6Mode;
using topology::XfrmEncapsulation;

constexpr std::uint32_t largest_label = (1u << 20) - 1;
constexpr std::size_t most_labels = 64;

/// Refuses the second value of a setting.
template <class T>
Result<> once(std::optional<T> const& known, std::string_view keyword, std::string_view word) {
    if (known) return garbage_argument(keyword, word);
    return {};
}

Result<std::vector<std::uint32_t>> read_labels(std::string_view word) {
    std::vector<std::uint32_t> labels;
    for (auto const part : split(word, '/')) {
        auto const label = parse_number<std::uint32_t>(part);
        if (!label || *label > largest_label || labels.size() == most_labels)
            return refused(fmt::format("Error: mpls address is expected rather than \"{}\".", word));
        labels.push_back(*label);
    }
    return labels;
}

Result<Encapsulation> parse_mpls(WordReader& words) {
    MplsEncapsulation mpls{.labels = TRY(read_labels(TRY(words.value())))};
    while (words.take_exact("ttl")) {
        auto const word = TRY(words.value());
        TRY(once(mpls.ttl, "ttl", word));
        mpls.ttl = parse_number<std::uint8_t>(word);
        if (!mpls.ttl) return wrong_argument("\"ttl\" value is invalid\n", word);
    }
    return Encapsulation(mpls);
}

struct IpParser {
    WordReader& words;
    RoutingContext const& context;
    IpEncapsulation ip;

    template <class T>
    Result<> take_number(std::optional<T>& into, std::string_view keyword) {
        auto const word = TRY(words.value());
        TRY(once(into, keyword, word));
        into = parse_number<T>(word);
        if (!into) return wrong_argument(fmt::format("\"{}\" value is invalid\n", keyword), word);
        return {};
    }
    Result<> take_address(std::optional<IpAddress>& into, std::string_view keyword) {
        auto const word = TRY(words.value());
        TRY(once(into, keyword, word));
        into = TRY(read_address(word, ip.family));
        return {};
    }
    Result<> take_class(std::string_view keyword) {
        auto const word = TRY(words.value());
        TRY(once(ip.tos, keyword, word));
        ip.tos = static_cast<std::uint8_t>(TRY(context.number(
            topology::NameKind::ds_field, word, fmt::format("\"{}\" value is invalid\n", keyword))));
        return {};
    }
    Result<> take_flag(bool& flag, std::string_view keyword) {
        if (flag) return garbage_argument(keyword, keyword);
        flag = true;
        return {};
    }
    Result<> take_options(std::string_view keyword) {
        if (!std::holds_alternative<std::monostate>(ip.options)) return garbage_argument("opts", keyword);
        auto const word = TRY(words.value());
        auto options = read_tunnel_options(keyword, word);
        if (!options) return wrong_argument(fmt::format("\"{}\" value is invalid\n", keyword), word);
        ip.options = std::move(*options);
        return {};
    }
    /// False where the present word is no setting.
    Result<bool> take_setting() {
        bool const v4 = ip.family == Family::ipv4;
        std::string_view const class_word = v4 ? "tos" : "tc", limit_word = v4 ? "ttl" : "hoplimit";
        if (words.take_exact("id"))
            TRY(take_number(ip.id, "id"));
        else if (words.take_exact("dst"))
            TRY(take_address(ip.destination, "dst"));
        else if (words.take_exact("src"))
            TRY(take_address(ip.source, "src"));
        else if (words.take_exact(class_word))
            TRY(take_class(class_word));
        else if (words.take_exact(limit_word))
            TRY(take_number(ip.ttl, limit_word));
        else if (words.take_exact("key"))
            TRY(take_flag(ip.key, "key"));
        else if (words.take_exact("csum"))
            TRY(take_flag(ip.checksum, "csum"));
        else if (words.take_exact("seq"))
            TRY(take_flag(ip.sequence, "seq"));
        else
            return take_any_options();
        return true;
    }
    Result<bool> take_any_options() {
        for (std::string_view const keyword : {"geneve_opts", "vxlan_opts", "erspan_opts"}) {
            if (!words.take_exact(keyword)) continue;
            TRY(take_options(keyword));
            return true;
        }
        return false;
    }
};

Result<Encapsulation> parse_ip(WordReader& words, RoutingContext const& context, Family family) {
    IpParser parser{words, context, {.family = family}};
    while (!words.done() && TRY(parser.take_setting())) {
    }
    return Encapsulation(std::move(parser.ip));
}

/// By Seg6Mode.
constexpr std::array<std::string_view, 5> seg6_modes{"inline", "encap", "l2encap", "encap.red",
                                                     "l2encap.red"};

Result<Seg6Mode> read_mode(std::string const& word) {
    for (std::size_t i = 0; i < seg6_modes.size(); ++i)
        if (seg6_modes[i] == word) return static_cast<Seg6Mode>(i);
    return wrong_argument("\"mode\" value is invalid\n", word);
}

Result<Encapsulation> parse_seg6(WordReader& words) {
    std::optional<Seg6Mode> mode;
    std::optional<std::string> segments;
    std::optional<std::uint32_t> key;
    for (;;) {
        if (words.take_exact("mode")) {
            auto const word = TRY(words.value());
            TRY(once(mode, "mode", word));
            mode = TRY(read_mode(word));
        } else if (words.take_exact("segs")) {
            auto const word = TRY(words.value());
            TRY(once(segments, "segs", word));
            if (!mode) return wrong_argument("\"segs\" provided before \"mode\"\n", word);
            segments = word;
        } else if (words.take_exact("hmac")) {
            auto const word = TRY(words.value());
            TRY(once(key, "hmac", word));
            key = parse_number<std::uint32_t>(word).value_or(0);
        } else {
            break;
        }
    }
    Seg6Encapsulation seg6{
        .mode = mode.value_or(Seg6Mode::encap), .segments = {}, .hmac_key = key.value_or(0)};
    std::string const list = segments.value_or("");
    for (auto const part : split(list, ',')) seg6.segments.push_back(TRY(read_address(part, Family::ipv6)));
    if (seg6.mode == Seg6Mode::inlined) seg6.segments.push_back(IpAddress::any(Family::ipv6));
    return Encapsulation(seg6);
}

Result<Encapsulation> parse_xfrm(WordReader& words) {
    if (!words.take_exact("if_id")) return usage_error("Usage: ip route ... encap xfrm if_id IF_ID");
    auto const word = TRY(words.value());
    auto const id = parse_number<std::uint32_t>(word);
    if (!id || *id == 0) return wrong_argument("\"if_id\" value is invalid\n", word);
    return Encapsulation(XfrmEncapsulation{*id});
}

struct Printer {
    std::vector<std::string>& words;

    void add(std::initializer_list<std::string> more) const { words.insert(words.end(), more); }

    void operator()(MplsEncapsulation const& mpls) const {
        std::string labels;
        for (auto const label : mpls.labels) labels += (labels.empty() ? "" : "/") + std::to_string(label);
        add({"encap", "mpls", labels});
        if (mpls.ttl) add({"ttl", std::to_string(*mpls.ttl)});
    }
    void operator()(IpEncapsulation const& ip) const {
        bool const v4 = ip.family == Family::ipv4;
        add({"encap", v4 ? "ip" : "ip6"});
        if (ip.id) add({"id", std::to_string(*ip.id)});
        if (ip.source) add({"src", ip.source->to_string()});
        if (ip.destination) add({"dst", ip.destination->to_string()});
        if (ip.ttl) add({v4 ? "ttl" : "hoplimit", std::to_string(*ip.ttl)});
        if (ip.tos) add({v4 ? "tos" : "tc", topology::print_nameless(topology::NameKind::ds_field, *ip.tos)});
        if (ip.key) add({"key"});
        if (ip.checksum) add({"csum"});
        if (ip.sequence) add({"seq"});
        print_tunnel_options(ip.options, words);
    }
    void operator()(Seg6Encapsulation const& seg6) const {
        auto const count = seg6.segments.size() - (seg6.mode == Seg6Mode::inlined ? 1 : 0);
        std::string segments;
        for (std::size_t i = 0; i < count; ++i)
            segments += (i == 0 ? "" : ",") + seg6.segments[i].to_string();
        add({"encap", "seg6", "mode", std::string(seg6_modes[static_cast<std::size_t>(seg6.mode)]), "segs",
             segments});
        if (seg6.hmac_key != 0) add({"hmac", std::to_string(seg6.hmac_key)});
    }
    void operator()(XfrmEncapsulation const& xfrm) const {
        add({"encap", "xfrm", "if_id", std::to_string(xfrm.interface_id)});
    }
    void operator()(OtherEncapsulation const&) const {}
};

}  // namespace

Result<Encapsulation> parse_encapsulation(WordReader& words, RoutingContext const& context) {
    auto const type = TRY(words.value());
    bool const known = type == "mpls" || type == "ip" || type == "ip6" || type == "seg6" || type == "xfrm";
    if (!known) return wrong_argument("\"encap type\" value is invalid\n", type);
    if (words.done()) return incomplete_line();
    if (words.rest().size() == 1) return usage_error("Error: unexpected end of line after \"encap\"");
    if (type == "mpls") return parse_mpls(words);
    if (type == "ip") return parse_ip(words, context, Family::ipv4);
    if (type == "ip6") return parse_ip(words, context, Family::ipv6);
    if (type == "seg6") return parse_seg6(words);
    return parse_xfrm(words);
}

void print_encapsulation(Encapsulation const& encapsulation, std::vector<std::string>& words) {
    std::visit(Printer{words}, encapsulation);
}

}  // namespace vethwork::plan
