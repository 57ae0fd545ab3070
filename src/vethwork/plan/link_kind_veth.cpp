#include <vethwork/plan/link_kinds.hpp>
#include <vethwork/plan/link_operation.hpp>

namespace vethwork::plan {

namespace {

using topology::Veth;

std::string usage() { return "Usage: ip link add [ SETTING ]... type veth [ peer [ SETTING ]... ]"; }

/// `peer` and then a whole link.
Result<> parse(WordReader& words, topology::LinkKind& kind, LinkContext const& context) {
    if (!words.take_exact("peer")) return refused(usage());
    LinkReading peer{.context = context, .link = {}, .name = {}, .device = {}};
    TRY(read_settings(words, peer));
    if (peer.has_kind) return duplicate_argument("type", TRY(words.value()));
    TRY(settle_names(peer));
    std::get<Veth>(kind).peer = {std::move(peer.link)};
    return {};
}

void print(topology::LinkKind const& kind, std::vector<std::string>& words) {
    for (auto const& peer : std::get<Veth>(kind).peer) {
        words.emplace_back("peer");
        auto const more = link_words(peer);
        words.insert(words.end(), more.begin(), more.end());
    }
}

}  // namespace

constinit LinkKindWords const veth_words{.name = "veth",
                                         .place = place_in<Veth, topology::LinkKind>,
                                         .make = []() -> topology::LinkKind { return Veth{}; },
                                         .parse = parse,
                                         .print = print,
                                         .usage = usage};

}  // namespace vethwork::plan
