"""What the control page offers at Dutchie: a package set to a quantity."""


def set_quantity(server, form):
    number = float(form["quantity"])
    row = server.world.change("inventory", form["id"], quantityAvailable=number)
    return f"{row['productName']}, package {row['packageId']}: {number:g} {row['quantityUnits']}."


FORMS = {"quantity": set_quantity}
