#include <vethwork/plan/link_kind_words.hpp>
#include <vethwork/plan/link_operation.hpp>
#include <vethwork/plan/link_words.hpp>

namespace vethwork::plan {

namespace {

using topology::Veth;

/// `peer` and then a whole link.
Result<> parse(WordReader& words, topology::LinkKind& kind) {
    if (words.done()) return {};
    if (words.peek() != "peer")
        return usage_error(fmt::format("veth: unknown command \"{}\"?", words.peek()));
    words.skip();
    topology::Link peer;
    TRY(parse_link(words, peer, LinkPurpose::peer));
    std::get<Veth>(kind).peer = {peer};
    return {};
}

void print(topology::LinkKind const& kind, std::vector<std::string>& words) {
    for (auto const& peer : std::get<Veth>(kind).peer) {
        words.push_back("peer");
        auto const more = link_words(peer);
        words.insert(words.end(), more.begin(), more.end());
    }
}

}  // namespace

constinit LinkKindWords const veth_words{
    .name = "veth", .make = []() -> topology::LinkKind { return Veth{}; }, .parse = parse, .print = print};

}  // namespace vethwork::plan
