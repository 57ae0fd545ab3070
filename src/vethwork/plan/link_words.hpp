// The words of a link, shared by add, set and the veth peer.
#pragma once

#include <vethwork/plan/words.hpp>
#include <vethwork/topology/link.hpp>

namespace vethwork::plan {

enum class LinkPurpose { add, set, peer };

/// Reads a link's settings into `link` to the end of the words (or of what belongs to it).
[[nodiscard]] Result<> parse_link(WordReader& words, topology::Link& link, LinkPurpose purpose);

/// NAME, PID or path of a namespace.
[[nodiscard]] topology::NamespaceRef read_namespace(std::string const& word);

}  // namespace vethwork::plan
