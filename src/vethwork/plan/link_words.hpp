// The words of a link, shared by add, set, delete and the veth peer. Source: ip-link(8).
#pragma once

#include <vethwork/plan/words.hpp>
#include <vethwork/topology/link.hpp>
#include <vethwork/topology/names.hpp>

namespace vethwork::plan {

enum class LinkPurpose { add, set, remove };

/// What reading a link's words needs beside the words.
struct LinkContext {
    LinkPurpose purpose = LinkPurpose::add;
    topology::Names* names = nullptr;  ///< of groups, tables, DS fields
    std::optional<Family> family;      ///< -4, -6
};

/// What has been read, and what only the whole of it decides.
struct LinkReading {
    LinkContext context;
    topology::Link link;
    std::optional<std::string> name, device;  ///< behind `name`; behind `dev` or alone
    bool has_kind = false;                    ///< whether `type` was said
};

/// Reads a link's settings to the end of the words, or (a peer's) to a `type`, whose word is taken.
[[nodiscard]] Result<> read_settings(WordReader& words, LinkReading& reading);
/// Reads all of a link, its kind included, and checks it as a whole.
[[nodiscard]] Result<LinkReading> read_link(WordReader& words, LinkContext const& context);
/// Puts the two names where they belong and checks them.
[[nodiscard]] Result<> settle_names(LinkReading& reading);

/// NAME, PID or path of a namespace.
[[nodiscard]] topology::NamespaceRef read_namespace(std::string const& word);
/// `on` or `off`, complaining as `keyword` does; exit status 1.
[[nodiscard]] Result<bool> read_switch(WordReader& words, std::string_view keyword);
/// What `ip link help` prints.
[[nodiscard]] std::string link_usage();

}  // namespace vethwork::plan
