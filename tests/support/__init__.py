"""What tests build with: certificates, estates, real services."""
