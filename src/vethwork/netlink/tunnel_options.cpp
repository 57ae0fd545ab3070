#include <vethwork/netlink/tunnel_options.hpp>

#include <linux/lwtunnel.h>

#include <vethwork/netlink/codec.hpp>

namespace vethwork::netlink {

namespace {

using topology::ErspanOption;
using topology::GeneveOption;
using topology::TunnelOptions;
using topology::VxlanOption;

constexpr auto erspan_fields = make_table<ErspanOption>(
    field<&ErspanOption::version>(LWTUNNEL_IP_OPT_ERSPAN_VER, "LWTUNNEL_IP_OPT_ERSPAN_VER"),
    field<&ErspanOption::index, NetworkOrder>(LWTUNNEL_IP_OPT_ERSPAN_INDEX, "LWTUNNEL_IP_OPT_ERSPAN_INDEX"),
    field<&ErspanOption::direction>(LWTUNNEL_IP_OPT_ERSPAN_DIR, "LWTUNNEL_IP_OPT_ERSPAN_DIR"),
    field<&ErspanOption::hardware_id>(LWTUNNEL_IP_OPT_ERSPAN_HWID, "LWTUNNEL_IP_OPT_ERSPAN_HWID"));

void write_one(std::monostate, MessageWriter&) {}

/// Each option has a nest of its own on its way to the kernel.
void write_one(std::vector<GeneveOption> const& options, MessageWriter& to) {
    for (auto const& option : options) {
        auto const nest = to.begin_nest(LWTUNNEL_IP_OPTS_GENEVE | NLA_F_NESTED, "LWTUNNEL_IP_OPTS_GENEVE");
        NetworkOrder::write(to, LWTUNNEL_IP_OPT_GENEVE_CLASS, "LWTUNNEL_IP_OPT_GENEVE_CLASS",
                            option.option_class);
        to.value(LWTUNNEL_IP_OPT_GENEVE_TYPE, "LWTUNNEL_IP_OPT_GENEVE_TYPE", option.type);
        to.attribute(LWTUNNEL_IP_OPT_GENEVE_DATA, "LWTUNNEL_IP_OPT_GENEVE_DATA", option.data);
        to.end_nest(nest);
    }
}

void write_one(VxlanOption const& option, MessageWriter& to) {
    auto const nest = to.begin_nest(LWTUNNEL_IP_OPTS_VXLAN | NLA_F_NESTED, "LWTUNNEL_IP_OPTS_VXLAN");
    to.value(LWTUNNEL_IP_OPT_VXLAN_GBP, "LWTUNNEL_IP_OPT_VXLAN_GBP", option.group_policy);
    to.end_nest(nest);
}

void write_one(ErspanOption const& option, MessageWriter& to) {
    auto const nest = to.begin_nest(LWTUNNEL_IP_OPTS_ERSPAN | NLA_F_NESTED, "LWTUNNEL_IP_OPTS_ERSPAN");
    erspan_fields.write(option, to);
    to.end_nest(nest);
}

/// On their way back all of them share one; a class begins the next option.
bool read_geneve(Bytes content, std::vector<GeneveOption>& options) {
    AttributeReader attributes(content);
    while (auto const attribute = attributes.next()) {
        if (attribute->type == LWTUNNEL_IP_OPT_GENEVE_CLASS) options.emplace_back();
        if (options.empty()) return false;
        auto& option = options.back();
        ByteReader reader(attribute->payload);
        if (attribute->type == LWTUNNEL_IP_OPT_GENEVE_CLASS) option.option_class = reader.u16();
        if (attribute->type == LWTUNNEL_IP_OPT_GENEVE_TYPE) option.type = reader.u8();
        if (attribute->type == LWTUNNEL_IP_OPT_GENEVE_DATA)
            option.data.assign(attribute->payload.begin(), attribute->payload.end());
        if (reader.failed()) return false;
    }
    return !attributes.failed();
}

bool read_vxlan(Bytes content, VxlanOption& option) {
    AttributeReader attributes(content);
    while (auto const attribute = attributes.next())
        if (attribute->type == LWTUNNEL_IP_OPT_VXLAN_GBP &&
            !HostOrder::read(attribute->payload, option.group_policy))
            return false;
    return !attributes.failed();
}

bool read_one(Attribute const& attribute, TunnelOptions& options) {
    switch (attribute.type) {
        case LWTUNNEL_IP_OPTS_GENEVE:
            if (!std::holds_alternative<std::vector<GeneveOption>>(options))
                options.emplace<std::vector<GeneveOption>>();
            return read_geneve(attribute.payload, std::get<std::vector<GeneveOption>>(options));
        case LWTUNNEL_IP_OPTS_VXLAN:
            return read_vxlan(attribute.payload, options.emplace<VxlanOption>());
        case LWTUNNEL_IP_OPTS_ERSPAN:
            return !erspan_fields.read(attribute.payload, options.emplace<ErspanOption>(), "ERSPAN options");
        default:
            return true;
    }
}

}  // namespace

void write_tunnel_options(TunnelOptions const& options, MessageWriter& to) {
    if (std::holds_alternative<std::monostate>(options)) return;
    auto const nest = to.begin_nest(LWTUNNEL_IP_OPTS | NLA_F_NESTED, "LWTUNNEL_IP_OPTS");
    std::visit([&to](auto const& one) { write_one(one, to); }, options);
    to.end_nest(nest);
}

bool read_tunnel_options(Bytes content, TunnelOptions& options) {
    AttributeReader attributes(content);
    while (auto const attribute = attributes.next())
        if (!read_one(*attribute, options)) return false;
    return !attributes.failed();
}

}  // namespace vethwork::netlink
